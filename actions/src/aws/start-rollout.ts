import { createHash } from 'node:crypto'
import type { Clock } from '@sluice/core/clock'
import { clusterName, ecsServiceName } from '@sluice/core/environment/ecs-names'
import type { Environment } from '@sluice/core/environment/environment'
import type { Project } from '@sluice/core/environment/project'
import { pullHost } from '@sluice/core/environment/pull-host'
import type { Service } from '@sluice/core/environment/service'
import type { RolloutHandle } from '@sluice/core/rollout/handle'
import { pollMilliseconds } from '@sluice/core/rollout/poll'
import { checkPreflight } from '@sluice/core/rollout/preflight'
import { startRollout, type StartedRollout } from '@sluice/core/rollout/start'
import type { AwsClients } from './clients.ts'
import { ecsServices } from './ecs-services.ts'
import { readLastLogLines } from './log-lines.ts'
import { oneOffTasks } from './one-off-tasks.ts'
import { readTaskSkeleton } from './parameters.ts'
import { readPreflightFacts } from './preflight.ts'
import { readListenerRule } from './routing.ts'
import { serviceDeployments } from './service-deployments.ts'
import { taskDefinitions } from './task-definitions.ts'

export interface RolloutSubject {
  readonly project: Pick<Project, 'artifacts'>
  readonly environmentName: string
  readonly environment: Environment
  readonly serviceName: string
  readonly service: Service
  /** Names the run, so that repeated calls find their own one-off task. */
  readonly run: string
}

/** `startRollout` of the core on AWS, with the addresses of both listeners in the handle. */
export async function startRolloutOnAws(
  clients: AwsClients,
  clock: Clock,
  { project, environmentName, environment, serviceName, service, run }: RolloutSubject,
  report: (line: string) => void,
): Promise<{ readonly handle: RolloutHandle; readonly how: StartedRollout['how'] }> {
  const { region } = clients
  const skeleton = await readTaskSkeleton(clients.ssm, environmentName, serviceName)
  const named = { name: environmentName, environment }
  const cluster = clusterName(named)
  const ecsService = ecsServiceName(named, serviceName)
  const subject = { environment: environmentName, name: serviceName, service, skeleton }
  const { handle, how } = await startRollout(
    {
      services: ecsServices(clients.ecs),
      definitions: taskDefinitions(clients.ecs),
      deployments: serviceDeployments(clients.ecs),
      tasks: oneOffTasks(clients.ecs),
      clock,
      report,
      preflight: async (current) =>
        checkPreflight(
          subject,
          await readPreflightFacts(
            clients,
            subject,
            { cluster, ecsService, artifactAccount: project.artifacts.account },
            current,
            clock.now(),
          ),
        ),
      lastLogLines: (taskArn) =>
        readLastLogLines(clients.logs, skeleton.logGroup, 'migrate', skeleton.containerName, taskArn),
    },
    {
      environment: environmentName,
      serviceName,
      service,
      skeleton,
      imageHost: pullHost(project, environment, region),
      region,
      cluster,
      ecsService,
      token: createHash('sha256').update(`${run} ${ecsService} ${service.release.image.digest}`).digest('hex'),
      pollMilliseconds: pollMilliseconds(service.analysis.interval, Math.random()),
    },
  )
  const rules = skeleton.loadBalancing
  if (!rules) return { handle, how }
  const production = await readListenerRule(clients.elb, rules.productionListenerRule)
  const test = await readListenerRule(clients.elb, rules.testListenerRule)
  return { handle: { ...handle, productionUrl: production.url, testUrl: test.url }, how }
}
