import { ConfigurationError } from '../failure.ts'
import { names } from '../names.ts'
import type { RecoveryPorts, RecoveryRequest } from './recovery-request.ts'
import { phaseOf, type Execution, type SwitchPlan } from './region-switch.ts'

/** An execution that was found, with its plan. */
interface Found {
  readonly plan: SwitchPlan
  readonly execution: Execution
}

/**
 * The execution to follow: one that runs, or the one that this run began before it died. Executions stand in the region that takes
 * over, which only they know once the writers have moved. Throws when the one that runs goes elsewhere.
 */
export async function findExecution(
  { regionSwitch, report }: RecoveryPorts,
  { name, environment, region, token }: RecoveryRequest,
): Promise<Found | undefined> {
  const wanted = environment.regions.map((one) => names.regionSwitchPlan(name, one))
  // All at once: a region that is lost lets its askers wait.
  const asked = environment.regions.map(async (one): Promise<Found[]> => {
    try {
      const arc = regionSwitch(one)
      const own = (await arc.plans()).filter((plan) => wanted.includes(plan.name))
      const executions = own.map(async (plan) =>
        (await arc.executions(plan)).map((execution): Found => ({ plan, execution })),
      )
      return (await Promise.all(executions)).flat()
    } catch (error) {
      // Where the region that is wanted does not answer either, starting the plan there says so.
      report(`Region switch could not be asked in ${one}: ${error instanceof Error ? error.message : String(error)}`)
      return []
    }
  })
  const found = (await Promise.all(asked)).flat()
  const unfinished = found.find(
    ({ execution }) => phaseOf(execution) === 'running' || execution.state === 'pausedByFailedStep',
  )
  if (unfinished && region != null && unfinished.execution.region !== region) {
    const { plan, execution } = unfinished
    throw new ConfigurationError([
      {
        message: `expected no other execution of ${plan.name}, found ${execution.id} to ${execution.region} (${execution.state})`,
        hint: `wait for it, or cancel it: aws arc-region-switch cancel-plan-execution --plan-arn ${plan.arn} --execution-id ${execution.id} --region ${execution.region}`,
      },
    ])
  }
  return unfinished ?? found.find(({ execution }) => execution.comment.endsWith(`[${token}]`))
}
