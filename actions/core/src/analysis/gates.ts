import type { Service } from '../environment/service.ts'
import type { GateResult } from '../gate-result.ts'
import { combineVerdicts, type Verdict } from '../verdict.ts'

/** Gates that run before the new revision has production traffic; in a rolling rollout, after it has landed. */
export const gateNames = { tests: 'tests', loadTest: 'load-test' } as const

/** The gates that `<env>/<service>.yaml` asks for. */
export function requiredGates({ tests, loadTest }: Pick<Service, 'tests' | 'loadTest'>): readonly string[] {
  return [...(tests.length > 0 ? [gateNames.tests] : []), ...(loadTest == null ? [] : [gateNames.loadTest])]
}

/** The verdict before the first production traffic. A gate that was asked for and did not run is never a pass. */
export function decideGates(required: readonly string[], results: readonly GateResult[]): Verdict {
  const missing = required.filter((name) => !results.some(({ gate }) => gate === name))
  const verdicts: Verdict[] = [
    ...results.map(({ gate, outcome, reason }) => ({ outcome, reason: `${gate}: ${reason}` })),
    ...missing.map((name) => ({ outcome: 'inconclusive' as const, reason: `the gate ${name} did not run` })),
  ]
  if (verdicts.length === 0)
    return { outcome: 'pass', reason: 'no gate is asked for; the judge compares once there is production traffic' }
  return combineVerdicts(verdicts)
}
