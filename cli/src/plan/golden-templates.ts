import { execFileSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigurationError } from '@sluice/core/failure'

/** Where a checkout keeps the templates that are deployed. */
export const goldenFolder = 'infra/golden'

const isTemplate = (file: string) => file.endsWith('.template.json')

/** The golden templates of a checkout, by their files below the folder. Throws a `ConfigurationError` where there are none. */
export async function goldenTemplates(root: string): Promise<Map<string, object>> {
  const folder = join(root, goldenFolder)
  let files
  try {
    files = await readdir(folder, { recursive: true })
  } catch (error) {
    const hint = 'npm run generate writes them'
    throw new ConfigurationError([{ message: `expected golden templates in ${goldenFolder}, found none`, hint }], {
      cause: error,
    })
  }
  return new Map(
    await Promise.all(
      files
        .filter(isTemplate)
        .sort()
        .map(async (file) => [file, JSON.parse(await readFile(join(folder, file), 'utf8')) as object] as const),
    ),
  )
}

/**
 * The golden templates of a checkout as they stand at a git revision; none where it had none yet. Throws a `ConfigurationError` for a
 * folder that is no checkout, and for a revision that it has not.
 */
export function goldenTemplatesAt(root: string, revision: string): Map<string, object> {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024, stdio: 'pipe' })
  const commit = resolveCommit(git, revision)
  const files = git('ls-tree', '-r', '--name-only', commit, '--', goldenFolder).split('\n').filter(isTemplate)
  return new Map(
    files.map((file) => [file.slice(goldenFolder.length + 1), JSON.parse(git('show', `${commit}:${file}`)) as object]),
  )
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
