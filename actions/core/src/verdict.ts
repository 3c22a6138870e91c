/**
 * What a gate or an analysis decided. An outage is an error that is thrown, never a verdict, and nothing unknown is a
 * `pass` (research: Kayenta and Argo Rollouts both let an errored run succeed).
 */
export const verdictOutcomes = ['pass', 'fail', 'inconclusive'] as const
export type VerdictOutcome = (typeof verdictOutcomes)[number]

export interface Verdict {
  readonly outcome: VerdictOutcome
  /** One line for people, with the measured value, the threshold and the sample size. */
  readonly reason: string
}

/** The worst of several verdicts: any `fail` fails, else any `inconclusive`; no verdict at all is `inconclusive`. */
export function combineVerdicts(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.length === 0) return { outcome: 'inconclusive', reason: 'nothing was measured' }
  const worst =
    verdicts.find(({ outcome }) => outcome === 'fail') ?? verdicts.find(({ outcome }) => outcome === 'inconclusive')
  if (!worst) return { outcome: 'pass', reason: verdicts.map(({ reason }) => reason).join('; ') }
  // Callers hand in more than verdicts; a gate result that carried it along would be refused by the jobs that read it.
  return { outcome: worst.outcome, reason: worst.reason }
}
