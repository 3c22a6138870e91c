import type { Clock } from '@sluice/core/clock'
import type { RolloutHandle } from '@sluice/core/rollout/handle'
import { rollBack, type RollBackResult } from '@sluice/core/rollout/roll-back'
import type { AwsClients } from './clients.ts'
import { ecsServices, readServiceRevision } from './ecs-services.ts'
import { holds } from './parameters.ts'
import { serviceDeployments } from './service-deployments.ts'
import { taskDefinitions } from './task-definitions.ts'

/** `rollBack` of the core on AWS. */
export async function rollBackOnAws(
  clients: AwsClients,
  clock: Clock,
  handle: RolloutHandle,
  reason: string,
  report: (line: string) => void,
): Promise<RollBackResult> {
  return rollBack(
    {
      deployments: serviceDeployments(clients.ecs),
      services: ecsServices(clients.ecs),
      definitions: taskDefinitions(clients.ecs),
      holds: holds(clients.ssm),
      clock,
      report,
      random: () => Math.random(),
      revisionTaskDefinition: async (arn) => {
        const { taskDefinition } = await readServiceRevision(clients.ecs, arn)
        if (taskDefinition == null) throw new Error(`the service revision ${arn} names no task definition`)
        return taskDefinition
      },
    },
    handle,
    reason,
  )
}
