import type { AccountFacts, ServiceFact } from './account-facts.ts'

/** Our task definitions listen there (infra/lib/service). */
const containerPort = 8080

/** Everything that stands against adopting an ECS service under a name of `environments/`, each a whole reason. */
export function serviceObstacles(
  name: string,
  kind: 'web' | 'worker' | 'job' | undefined,
  service: ServiceFact,
  facts: AccountFacts,
): string[] {
  if (kind == null) return [`there is no ${name}.yaml in the environment`]
  if (kind === 'job') return ['a job has no ECS service: it runs when it is asked to']
  const reasons: string[] = []
  const expect = (isAsExpected: boolean, reason: string) => {
    if (!isAsExpected) reasons.push(reason)
  }
  expect(service.status === 'ACTIVE', `it is ${service.status || 'not there'}, expected ACTIVE`)
  expect(
    service.controller === 'ECS',
    `its deployments are controlled by ${service.controller}: ECS's own strategies need the controller ECS`,
  )
  expect(
    service.scheduling === 'REPLICA',
    `it is scheduled as ${service.scheduling}: only REPLICA has traffic to shift`,
  )
  expect(
    service.runsOn.every((one) => one.startsWith('FARGATE')),
    `it runs on ${service.runsOn.join(', ')}: task definitions are made for Fargate`,
  )
  expect(service.networkMode === 'awsvpc', `its tasks use the network mode ${service.networkMode}, expected awsvpc`)
  expect(
    service.stack == null,
    `the stack ${service.stack ?? ''} owns it and would undo every release: retain it there and take it out first`,
  )
  expect(
    service.containers.includes(name),
    `no container is called ${name} (${service.containers.join(', ')}): the service's traffic is bound to that name`,
  )
  return [...reasons, ...(kind === 'worker' ? workerObstacles(service) : webObstacles(name, service, facts))]
}

function workerObstacles({ targets }: ServiceFact): string[] {
  return targets.length === 0 ? [] : ['it has a target group, and a worker has no traffic']
}

function webObstacles(name: string, { targets }: ServiceFact, { targetGroups, loadBalancer }: AccountFacts): string[] {
  const [target, ...others] = targets
  if (!target) return ['it has no target group: nothing could be shifted']
  if (others.length > 0) return [`it has ${targets.length} target groups: ECS shifts the traffic of one`]
  const reasons: string[] = []
  const group = targetGroups[target.targetGroup]
  if (!group) return [`its target group ${target.targetGroup} could not be read`]
  if (group.targetType !== 'ip') reasons.push(`its targets are of the type ${group.targetType}, expected ip`)
  if (target.container !== name || target.port !== containerPort) {
    reasons.push(`its traffic goes to ${target.container}:${target.port}, expected ${name}:${containerPort}`)
  }
  if (!loadBalancer || !('found' in loadBalancer)) return [...reasons, 'its load balancer is not adopted']
  const { listeners } = loadBalancer.found
  const leading = listeners.flatMap(({ rules }) => rules).filter((rule) => rule.targetGroups.includes(group.arn))
  const shiftable = leading.filter(({ priority }) => priority != null)
  if (leading.length > shiftable.length) {
    reasons.push(`a listener's default action leads to it: ECS shifts the weights of a rule; add one before it`)
  }
  if (shiftable.length !== 1) reasons.push(`${shiftable.length} rules lead to its target group: ECS shifts one`)
  return reasons
}
