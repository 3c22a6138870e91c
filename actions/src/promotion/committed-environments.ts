import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ConfigurationError } from '@sluice/core/failure'

const run = promisify(execFile)
const maxBuffer = 64 * 1024 * 1024

/**
 * The YAML files below `environments/` at a commit, by path relative to it. The zero commit, which GitHub names as the one before
 * a new branch, has none. Throws a `ConfigurationError` when the checkout does not reach that far back.
 */
export async function readCommittedEnvironments(folder: string, commit: string): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  if (/^0+$/.test(commit)) return files
  let list
  try {
    list = await run('git', ['ls-tree', '-r', '-z', '--name-only', commit, '--', 'environments'], {
      cwd: folder,
      maxBuffer,
    })
  } catch (error) {
    const hint = 'check out with fetch-depth: 0'
    throw new ConfigurationError([{ message: `expected commit ${commit} in the checkout, found none`, hint }], {
      cause: error,
    })
  }
  for (const path of list.stdout.split('\0').filter((name) => name.endsWith('.yaml'))) {
    const { stdout } = await run('git', ['show', `${commit}:${path}`], { cwd: folder, maxBuffer })
    files.set(path.slice('environments/'.length), stdout)
  }
  return files
}
