import { describeDuration } from '../duration.ts'
import type { EvidenceBundle } from '../evidence/bundle.ts'
import type { Freeze } from './freeze.ts'

/** What is known when a promotion is planned or verified. */
export interface EligibilityFacts {
  readonly bundle: Pick<EvidenceBundle, 'environment' | 'to' | 'gates' | 'runs' | 'promotion' | 'reason'>
  readonly freeze?: Freeze | undefined
  readonly now: Date
}

/** Whether a release may enter an environment now. */
export interface Eligibility {
  readonly eligible: boolean
  /** What stands in the way, all of it. */
  readonly reasons: readonly string[]
  /** True when time alone mends every reason: a soak, a freeze. */
  readonly onlyTime: boolean
}

/** Decides from facts alone. A gate that is missing stands in the way like one that failed. */
export function decideEligibility(facts: EligibilityFacts): Eligibility {
  const lasting: string[] = []
  const passing: string[] = []
  const { bundle } = facts
  for (const name of requiredGates(bundle)) {
    const gate = bundle.gates.findLast((candidate) => candidate.gate === name)
    if (!gate) lasting.push(`the gate "${name}" has no result for ${bundle.to.image}`)
    else if (gate.outcome !== 'pass') lasting.push(`the gate "${name}" says ${gate.outcome}: ${gate.reason}`)
  }
  const { from, soakSeconds } = bundle.promotion
  if (from != null) {
    const run = bundle.runs.find(({ environment }) => environment === from)
    if (!run) lasting.push(`it has not run in ${from} yet`)
    else if (run.outcome !== 'pass')
      lasting.push(`it did not pass in ${from}: ${run.outcome} (deployment ${run.deploymentId})`)
    else {
      const soaked = Date.parse(run.finishedAt) + soakSeconds * 1000
      const left = (soaked - facts.now.getTime()) / 1000
      if (left > 0) {
        passing.push(
          `it has to run in ${from} for ${describeDuration(soakSeconds)}, until ${new Date(soaked).toISOString()} (${describeDuration(left)} more)`,
        )
      }
    }
  }
  // A person who gives a reason may bring a held release back; nothing does so by itself.
  const held = describeHold(bundle)
  if (held != null && bundle.reason == null) lasting.push(held)
  if (facts.freeze) {
    passing.push(`${facts.freeze.reason}${facts.freeze.until == null ? '' : `, until ${facts.freeze.until}`}`)
  }
  const reasons = [...lasting, ...passing]
  return { eligible: reasons.length === 0, reasons, onlyTime: lasting.length === 0 }
}

/** Why the release is held: its last rollout in this very environment did not pass. */
export function describeHold({ environment, runs }: Pick<EvidenceBundle, 'environment' | 'runs'>): string | undefined {
  const last = runs.find((run) => run.environment === environment)
  if (!last || last.outcome === 'pass') return undefined
  return `it is held in ${environment}: deployment ${last.deploymentId} ended with ${last.outcome}; promote it by hand with a reason to try again`
}

/** The way back to what ran well stays open, whatever was found out about it since: what runs now is worse. */
function requiredGates({ environment, runs, reason }: EligibilityFacts['bundle']): readonly string[] {
  const last = runs.find((run) => run.environment === environment)
  return last?.outcome === 'pass' && reason != null ? [] : ['findings']
}
