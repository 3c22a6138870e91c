import type { Problem } from '@sluice/core/failure'
import type { PolicyFinding } from './findings.ts'

/** Why a finding stays, who says so, and until when. */
export interface Acknowledgement {
  /** Which rules, `*` for anything within. */
  readonly rule: string
  /** Which constructs, `<environment>/<part>/<construct>`, `*` for anything within. */
  readonly path: string
  readonly reason: string
  /** A GitHub user or team. */
  readonly owner: `@${string}`
  /** The day after which it has to be thought about again, `YYYY-MM-DD`. */
  readonly until: string
}

/**
 * Everything that is wrong between findings and acknowledgements: what nobody acknowledged, what is unused, what has expired. `file` is
 * where the acknowledgements stand.
 */
export function judgeFindings(
  findings: readonly PolicyFinding[],
  acknowledgements: readonly Acknowledgement[],
  now: Date,
  file = 'infra/lib/policy/acknowledgements/',
): Problem[] {
  const used = new Set<Acknowledgement>()
  const open = new Map<string, PolicyFinding[]>()
  for (const finding of findings) {
    const matching = acknowledgements.filter(
      ({ rule, path }) => matches(rule, finding.rule) && matches(path, finding.path),
    )
    for (const one of matching) used.add(one)
    if (matching.length === 0) open.set(finding.rule, [...(open.get(finding.rule) ?? []), finding])
  }
  return [
    ...[...open].map(([rule, found]) => ({
      message: `${rule} at ${[...new Set(found.map(({ path }) => path))].join(', ')}: ${found[0]?.description ?? ''}`,
      hint: `mend it, or acknowledge it in ${file} with a reason`,
    })),
    ...acknowledgements
      .filter((one) => !used.has(one))
      .map(({ rule, path }) => ({
        message: `${rule} at ${path} is acknowledged and found nowhere`,
        location: { file },
        hint: 'remove the acknowledgement',
      })),
    ...acknowledgements
      .filter(({ until }) => now.getTime() >= Date.parse(until) + 86_400_000)
      .map(({ rule, path, until, owner }) => ({
        message: `the acknowledgement of ${rule} at ${path} has expired on ${until}`,
        location: { file },
        hint: `${owner} mends it, or says again why it stays`,
      })),
  ]
}

function matches(pattern: string, text: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${escaped.join('.*')}$`).test(text)
}
