import { ConfigurationError } from '@sluice/core/failure'
import { git } from '../deliver/git.ts'

/** The commit that HEAD is merged into. Throws a `ConfigurationError` when there is none, or nothing to merge. */
export async function findBase(checkout: string, head: string, named: string | undefined): Promise<string> {
  const candidates = named == null ? ['origin/main', 'main'] : [named]
  for (const candidate of candidates) {
    const arguments_ = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${candidate}^{commit}`]
    const base = await git(checkout, arguments_).catch(() => undefined)
    if (base == null) continue
    const ahead = await git(checkout, ['rev-list', '--count', `${base}..${head}`])
    if (ahead !== '0') return base
    throw new ConfigurationError([
      {
        message: `expected commits on HEAD that ${candidate} has not, found none`,
        hint: '--base HEAD^ takes the last one',
      },
    ])
  }
  throw new ConfigurationError([
    { message: `--base: expected a git revision, found no ${candidates.join(' and no ')}`, hint: 'fetch it first' },
  ])
}
