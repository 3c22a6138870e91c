import type { JsonChange } from './json-changes.ts'

export const riskLevels = ['low', 'medium', 'high'] as const
export type RiskLevel = (typeof riskLevels)[number]

/** How much care a change deserves, with what speaks for it. */
export interface Risk {
  readonly level: RiskLevel
  readonly reasons: readonly string[]
}

/** What is known of a change. */
export interface RiskFacts {
  readonly commits: number
  readonly commitsComplete: boolean
  readonly changedFiles: readonly string[]
  readonly taskDefinitionChanges: readonly JsonChange[]
  readonly migration?: 'expand' | 'contract' | undefined
  readonly isFirst: boolean
  readonly isBackwards: boolean
  readonly heldReason?: string | undefined
  readonly strategy: string
}

/** What files say about a change, most telling first. */
const tellingFiles: ReadonlyArray<readonly [pattern: RegExp, level: RiskLevel, what: string]> = [
  [/(^|\/)migrations?\//, 'high', 'database migrations change'],
  [/^infra\//, 'medium', 'infrastructure changes'],
  [/(^|\/)(auth|tokens?|permissions?)[^/]*(\/|\.ts$)/, 'medium', 'authentication or permissions change'],
  [/(^|\/)package-lock\.json$/, 'medium', 'dependencies change'],
  [/(^|\/)Dockerfile$/, 'medium', 'the image changes'],
]
/** Above this, a change is more than a person reviews with care. */
const manyCommits = 20
/** GitHub's comparison names 300 files at most: with as many, some may be missing. */
const mostFiles = 300

/** Weighs a change by what is known of it; everything unknown counts against it. */
export function assessRisk(facts: RiskFacts): Risk {
  const found: Array<readonly [RiskLevel, string]> = []
  if (facts.heldReason != null) found.push(['high', facts.heldReason])
  if (facts.migration === 'contract') found.push(['high', 'a contract migration: nothing rolls back past it'])
  if (!facts.commitsComplete) found.push(['high', 'the commits of the change could not all be listed'])
  for (const [pattern, level, what] of tellingFiles) {
    const files = facts.changedFiles.filter((file) => pattern.test(file))
    if (files.length > 0) found.push([level, `${what} (${files.length} file${files.length === 1 ? '' : 's'})`])
  }
  if (facts.changedFiles.length >= mostFiles) found.push(['medium', `${mostFiles} files or more change`])
  const settings = facts.taskDefinitionChanges.filter(
    ({ path }) => !/(\.image|SLUICE_RELEASE_\w+(\.value)?)$/.test(path),
  )
  if (settings.some(({ path }) => /roleArn$/i.test(path))) found.push(['high', 'the roles of the task change'])
  if (settings.length > 0) found.push(['medium', `${settings.length} setting(s) of the task definition change`])
  if (facts.commits > manyCommits) found.push(['medium', `${facts.commits} commits at once`])
  if (facts.isBackwards) found.push(['medium', 'it goes back to an earlier release'])
  if (facts.isFirst) found.push(['medium', 'nothing runs here that it could be compared with'])
  if (facts.strategy === 'ROLLING') found.push(['low', 'ROLLING has no test listener: the first traffic is real'])
  const level = riskLevels.findLast((candidate) => found.some(([of]) => of === candidate)) ?? 'low'
  const reasons = found
    .toSorted(([a], [b]) => riskLevels.indexOf(b) - riskLevels.indexOf(a))
    .map(([, reason]) => reason)
  return { level, reasons: reasons.length > 0 ? reasons : ['a small change of code alone'] }
}
