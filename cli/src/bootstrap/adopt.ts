import type { EnvironmentState } from '@sluice/core/environment/read'
import type { AccountFacts, LoadBalancerFact, Looked, NetworkFact, ServiceFact } from './account-facts.ts'
import { serviceObstacles } from './service-obstacles.ts'

/** The section `adopt` of one region, as far as it can be told, and what stands against the rest. */
export interface ShapedAdoption {
  readonly section: {
    readonly network?: object
    readonly cluster?: string
    readonly loadBalancer?: object
    readonly services?: Readonly<Record<string, object>>
  }
  readonly refused: readonly Refusal[]
  /** What is to be known or done beside the section. */
  readonly notes: readonly string[]
}

/** Something that is not adopted, and why. */
export interface Refusal {
  readonly what: string
  readonly reason: string
}

/** Turns what was read of an account into the section of an environment. Pure: what is unknown is refused with its reason. */
export function shapeAdoption(facts: AccountFacts, { services: own }: EnvironmentState): ShapedAdoption {
  const refused: Refusal[] = []
  const notes: string[] = []
  const take = <Found>(what: string, looked: Looked<Found> | undefined): Found | undefined => {
    if (!looked) return undefined
    if ('found' in looked) return looked.found
    refused.push({ what, reason: looked.reason })
    return undefined
  }
  const cluster = take('cluster', facts.cluster)
  if (cluster && cluster.status !== 'ACTIVE') {
    refused.push({ what: 'cluster', reason: `${cluster.name} is ${cluster.status || 'not there'}, expected ACTIVE` })
  }
  const isClusterGood = cluster?.status === 'ACTIVE'
  if (isClusterGood && !cluster.capacityProviders.some((one) => one.startsWith('FARGATE'))) {
    notes.push(
      `services that are made in ${cluster.name} run on Fargate: aws ecs put-cluster-capacity-providers --cluster ${cluster.name} --capacity-providers FARGATE FARGATE_SPOT --default-capacity-provider-strategy capacityProvider=FARGATE`,
    )
  }
  const balancer = take('load balancer', facts.loadBalancer)
  if (balancer && balancer.type !== 'application') {
    refused.push({
      what: 'load balancer',
      reason: `it is of the type ${balancer.type}: a rule's weights are an application load balancer's`,
    })
  }
  const isBalancerGood = balancer?.type === 'application'

  const services: Record<string, object> = {}
  const adopted: ServiceFact[] = []
  let production: string | undefined
  for (const [name, looked] of Object.entries(facts.services)) {
    const service = take(`service ${name}`, looked)
    if (!service) continue
    const obstacles = isClusterGood
      ? serviceObstacles(name, own[name]?.kind, service, facts)
      : ['its cluster is not adopted']
    for (const reason of obstacles) refused.push({ what: `service ${name}`, reason })
    if (obstacles.length > 0) continue
    adopted.push(service)
    const way = routeOf(service, balancer)
    production ??= way?.listener
    services[name] = { name: service.name, ...(way ? { targetGroup: way.targetGroup, productionRule: way.rule } : {}) }
    notes.push(
      `${name}: its own scaling policies stay beside ours until they are deleted: aws application-autoscaling describe-scaling-policies --service-namespace ecs --resource-id service/${cluster?.name ?? ''}/${service.name}`,
      `${name}: the first release registers our task definition and moves the service to it; its settings and secrets have to stand in ${name}.yaml before`,
    )
  }
  const network = take('network', facts.network)
  const shapedNetwork = network && shapeNetwork(network, balancer, adopted, refused, notes)
  const shapedBalancer = isBalancerGood ? shapeLoadBalancer(balancer, production, refused, notes) : undefined
  return {
    section: {
      ...(shapedNetwork ? { network: shapedNetwork } : {}),
      ...(isClusterGood ? { cluster: cluster.name } : {}),
      ...(shapedBalancer ? { loadBalancer: shapedBalancer } : {}),
      ...(Object.keys(services).length > 0 ? { services } : {}),
    },
    refused,
    notes,
  }
}

/** The rule that leads to a service's target group, and the listener that it stands on. */
function routeOf({ targets }: ServiceFact, balancer: LoadBalancerFact | undefined) {
  const targetGroup = targets[0]?.targetGroup
  if (targetGroup == null) return undefined
  for (const { arn, rules } of balancer?.listeners ?? []) {
    const rule = rules.find((one) => one.priority != null && one.targetGroups.includes(targetGroup))
    if (rule) return { listener: arn, rule: rule.arn, targetGroup }
  }
  return undefined
}

function shapeLoadBalancer(
  balancer: LoadBalancerFact,
  used: string | undefined,
  refused: Refusal[],
  notes: string[],
): object | undefined {
  const { listeners } = balancer
  const at = (...ports: number[]) => ports.flatMap((port) => listeners.filter((one) => one.port === port))[0]
  const production = listeners.find(({ arn }) => arn === used) ?? at(443, 80)
  if (!production) {
    refused.push({ what: 'load balancer', reason: 'it has no listener on 443 or 80 for production' })
    return undefined
  }
  const test = [at(8443, 8080)].find((one) => one && one.arn !== production.arn)
  if (!test) notes.push('the test listener is made on 8443 (8080 without a certificate): let your testers in at it')
  const last = Math.max(0, ...production.rules.map(({ priority }) => priority ?? 0))
  return {
    arn: balancer.arn,
    dnsName: balancer.dnsName,
    hostedZoneId: balancer.hostedZoneId,
    productionListener: production.arn,
    ...(test ? { testListener: test.arn } : {}),
    firstPriority: last + 1,
  }
}

function shapeNetwork(
  { vpcId, subnets }: NetworkFact,
  balancer: LoadBalancerFact | undefined,
  services: readonly ServiceFact[],
  refused: Refusal[],
  notes: string[],
): object | undefined {
  const ids = (wayOut: string) => subnets.filter((one) => one.wayOut === wayOut).map(({ id }) => id)
  const zonesOf = (some: readonly string[]) =>
    new Set(subnets.filter(({ id }) => some.includes(id)).map((one) => one.zone))
  const [service] = services
  const publicSubnets = balancer?.subnets ?? ids('internet')
  const taskSubnets = service?.subnets ?? (ids('nat').length > 0 ? ids('nat') : ids('internet'))
  const isPublic = service ? service.hasPublicAddress : ids('nat').length === 0
  const closed = ids('none').length > 0 ? ids('none') : ids('nat')
  if (ids('none').length === 0 && closed.length > 0) {
    notes.push('no subnet is without a way out: databases and caches go into those behind the NAT')
  }
  for (const [what, some] of [
    ['of the load balancer', publicSubnets],
    ['of databases and caches', closed],
  ] as const) {
    if (zonesOf(some).size >= 2) continue
    const found = some.length === 0 ? 'none' : some.join(', ')
    refused.push({ what: 'network', reason: `expected subnets ${what} in two zones, found ${found}` })
  }
  const groups = {
    ...(balancer?.securityGroups[0] == null ? {} : { loadBalancer: balancer.securityGroups[0] }),
    ...(service?.securityGroups[0] == null ? {} : { task: service.securityGroups[0] }),
  }
  if (Object.keys(groups).length > 0) {
    notes.push(
      `rules of ${Object.values(groups).join(' and ')} stay as they are: the load balancer has to reach tasks at 8080`,
    )
  }
  notes.push(
    `routes, access lists, endpoints and flow logs of ${vpcId} stay its owner's: no stack makes or checks them`,
  )
  return {
    vpcId,
    publicSubnets,
    taskSubnets,
    taskAddresses: isPublic ? 'public' : 'private',
    databaseSubnets: closed,
    cacheSubnets: closed,
    groups,
  }
}
