import { ConfigurationError } from '../failure.ts'
import type { VerdictOutcome } from '../verdict.ts'

/** A release with its image as text, `repository@sha256:…`. */
export interface ReleaseText {
  readonly image: string
  readonly commit: string
  readonly version: string
}

/** Which release of an environment is looked for. */
export interface ReleaseChoice {
  readonly environment: string
  /** `sha256:…` of one that ran there; without it, the present one or the last good one before it. */
  readonly digest?: string | undefined
  readonly beforePresent: boolean
}

/**
 * Finds a release among those that an environment has run, newest first. Only one whose last rollout passed counts, except for
 * the present one. Throws a `ConfigurationError` that lists the digests there are.
 */
export function chooseRelease(
  deployments: ReadonlyArray<{ readonly release: ReleaseText; readonly outcome: VerdictOutcome }>,
  present: ReleaseText,
  { environment, digest, beforePresent }: ReleaseChoice,
): ReleaseText {
  if (!beforePresent && (digest == null || present.image.endsWith(`@${digest}`))) return present
  const last = new Map<string, (typeof deployments)[number]>()
  for (const deployment of deployments) {
    if (!last.has(deployment.release.image)) last.set(deployment.release.image, deployment)
  }
  const good = [...last.values()].filter(
    ({ outcome, release }) => outcome === 'pass' && !(beforePresent && release.image === present.image),
  )
  const found = digest == null ? good[0] : good.find(({ release }) => release.image.endsWith(`@${digest}`))
  if (found) return found.release
  const list = good.map(({ release }) => `${release.image.split('@')[1]} (${release.version})`).join(', ')
  throw new ConfigurationError([
    {
      message: `expected ${digest ?? 'a release'} among those that ran well in ${environment}, found ${list || 'none'}`,
      hint: 'only what ran there well can be returned to or promoted from there',
    },
  ])
}
