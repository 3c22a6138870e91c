import { execFileSync } from 'node:child_process'
import { ConfigurationError } from '@sluice/core/failure'

/**
 * Files of a folder as they stand at a git revision, by their path below the folder; none where it had none. Throws a
 * `ConfigurationError` for a folder that is no checkout, and for a revision that it has not.
 */
export function filesAt(
  root: string,
  revision: string,
  folder: string,
  isWanted: (file: string) => boolean,
): Map<string, string> {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024, stdio: 'pipe' })
  const commit = resolveCommit(git, revision)
  const files = git('ls-tree', '-r', '--name-only', commit, '--', folder).split('\n').filter(isWanted)
  return new Map(files.map((file) => [file.slice(folder.length + 1), git('show', `${commit}:${file}`)]))
}

function resolveCommit(git: (...args: string[]) => string, revision: string): string {
  let isShallow
  try {
    isShallow = git('rev-parse', '--is-shallow-repository').trim() === 'true'
  } catch (error) {
    const hint = 'without --against the plan is made against the golden templates on disk, and needs no git'
    throw new ConfigurationError([{ message: '--against: expected git and a git checkout, found none', hint }], {
      cause: error,
    })
  }
  try {
    return git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`).trim()
  } catch (error) {
    const hint = isShallow
      ? 'this checkout is shallow: git fetch --unshallow (with actions/checkout: fetch-depth: 0)'
      : 'fetch the branch that it is on first: git fetch origin'
    throw new ConfigurationError([{ message: `--against: expected a git revision, found "${revision}"`, hint }], {
      cause: error,
    })
  }
}
