import type { FindingsPolicy } from '../environment/policy.ts'
import type { Verdict } from '../verdict.ts'
import { dedupeFindings, isAtLeast, type Finding, type ScanReport } from './finding.ts'

/** A finding with what the policy makes of it. */
export interface JudgedFinding {
  readonly finding: Finding
  readonly effect: 'fail' | 'ignored' | 'noted'
  /** Why: the rule, or the ignore with its reason, owner and end. */
  readonly why: string
}

/** What the policy says of all reports together. */
export interface FindingsDecision extends Verdict {
  readonly findings: readonly JudgedFinding[]
  /** Scanners that had to run and did not, each with the reason. */
  readonly missing: readonly string[]
  /** Ignores that matched nothing or have ended: to be removed or renewed. */
  readonly staleIgnores: readonly string[]
}

/**
 * Decides by the findings policy of one environment. A required scanner without a report, with a failed one, or that looked at
 * nothing is a fail: nothing unknown is a pass. `today` is an ISO date.
 */
export function decideFindings(
  reports: readonly ScanReport[],
  policy: FindingsPolicy,
  environment: string,
  today: string,
): FindingsDecision {
  const required = policy.required[environment] ?? []
  const missing = required.flatMap((scanner) => {
    const why = whyMissing(reports.filter((report) => report.scanner === scanner))
    return why == null ? [] : [`${scanner} is required in ${environment} and ${why}`]
  })
  if (policy.required[environment] == null) {
    missing.push(`the findings policy does not say which scanners ${environment} requires`)
  }
  const all = dedupeFindings(reports.filter(({ status }) => status === 'ran').flatMap(({ findings }) => findings))
  const findings = all.map((finding) => judge(finding, policy, today))
  const staleIgnores = policy.ignores.flatMap((ignore) => {
    const label = `${ignore.id}${ignore.package == null ? '' : ` in ${ignore.package}`} (${ignore.owner})`
    if (ignore.expires < today) return [`the ignore of ${label} ended on ${ignore.expires}`]
    return all.some((finding) => matches(ignore, finding)) ? [] : [`the ignore of ${label} matches no finding`]
  })
  const failing = findings.filter(({ effect }) => effect === 'fail')
  const ran = reports.filter(({ status }) => status === 'ran').map(({ scanner }) => scanner)
  const problems = [
    ...missing,
    ...failing.slice(0, 5).map(({ finding }) => describeFinding(finding)),
    ...(failing.length > 5 ? [`and ${failing.length - 5} more`] : []),
  ]
  const counted = `${failing.length} of ${all.length} findings fail (${[...new Set(ran)].join(', ') || 'no scanner ran'})`
  return {
    outcome: problems.length > 0 ? 'fail' : 'pass',
    reason: [counted, ...problems].join('; '),
    findings,
    missing,
    staleIgnores,
  }
}

function whyMissing(reports: readonly ScanReport[]): string | undefined {
  if (reports.length === 0) return 'left no report'
  const bad = reports.find(({ status }) => status !== 'ran')
  if (bad) return `${bad.status === 'failed' ? 'failed' : 'did not run'}: ${bad.detail}`
  return reports.every(({ examined }) => examined === 0) ? 'looked at nothing' : undefined
}

function judge(finding: Finding, policy: FindingsPolicy, today: string): JudgedFinding {
  const { severity, fixAvailableOnly } = policy.fail
  const ignore = policy.ignores.find((candidate) => candidate.expires >= today && matches(candidate, finding))
  if (ignore) {
    return { finding, effect: 'ignored', why: `${ignore.reason} (${ignore.owner}, until ${ignore.expires})` }
  }
  if (!isAtLeast(finding.severity, severity)) return { finding, effect: 'noted', why: `below ${severity}` }
  if (fixAvailableOnly && finding.fixedIn == null) return { finding, effect: 'noted', why: 'there is no fix yet' }
  const mend = finding.fixedIn == null ? 'no fix yet' : `mended in ${finding.fixedIn}`
  return { finding, effect: 'fail', why: `${finding.severity}, ${severity} and above fail; ${mend}` }
}

function matches(ignore: FindingsPolicy['ignores'][number], finding: Finding): boolean {
  return (
    [finding.id, ...finding.aliases].includes(ignore.id) &&
    (ignore.package == null || ignore.package === finding.package?.name)
  )
}

/** One line: severity, id, where, title. */
export function describeFinding({ severity, id, title, package: of, location }: Finding): string {
  const place = of ? `${of.name}@${of.version}` : location && `${location.file}:${location.line ?? 1}`
  return `${severity} ${id}${place == null ? '' : ` in ${place}`}: ${title}`
}
