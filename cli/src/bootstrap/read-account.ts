import type {
  AccountFacts,
  ClusterFact,
  ListenerFact,
  LoadBalancerFact,
  Looked,
  NetworkFact,
  RuleFact,
  ServiceFact,
  TargetGroupFact,
  WayOut,
} from './account-facts.ts'
import type { RunProgram } from './check.ts'

/** What is to be read, by the names and ids that somebody gave. */
export interface Wanted {
  readonly region: string
  readonly cluster?: string | undefined
  /** ECS's names by those of `environments/`. */
  readonly services: Readonly<Record<string, string>>
  /** Name or ARN; that of the services where it is left out. */
  readonly loadBalancer?: string | undefined
  /** That of the load balancer where it is left out. */
  readonly vpc?: string | undefined
}

/** A JSON object as the AWS CLI prints it: the names of the API. */
interface Answer {
  readonly [key: string]: unknown
}

/** Reads what is there with the AWS CLI. Changes nothing; what cannot be read says why. */
export async function readAccount(run: RunProgram, wanted: Wanted): Promise<AccountFacts> {
  const ask = asker(run, wanted.region)
  const { cluster } = wanted
  const services: Record<string, Looked<ServiceFact>> = {}
  const targetGroups: Record<string, TargetGroupFact> = {}
  for (const [service, name] of Object.entries(wanted.services)) {
    const looked = cluster == null ? { reason: 'name its cluster: --cluster' } : await readService(ask, cluster, name)
    services[service] = looked
    for (const { targetGroup } of 'found' in looked ? looked.found.targets : []) {
      const group = await readTargetGroup(ask, targetGroup)
      if ('found' in group) targetGroups[targetGroup] = group.found
    }
  }
  const balancer = wanted.loadBalancer ?? Object.values(targetGroups).flatMap((one) => one.loadBalancers)[0]
  const loadBalancer = balancer == null ? undefined : await readLoadBalancer(ask, balancer)
  const vpc = wanted.vpc ?? (loadBalancer && 'found' in loadBalancer ? loadBalancer.found.vpcId : undefined)
  return {
    ...(cluster == null ? {} : { cluster: await readCluster(ask, cluster) }),
    services,
    targetGroups,
    ...(loadBalancer ? { loadBalancer } : {}),
    ...(vpc == null ? {} : { network: await readNetwork(ask, vpc) }),
  }
}

type Ask = (...args: string[]) => Promise<Looked<Answer>>

function asker(run: RunProgram, region: string): Ask {
  return async (...args) => {
    const answer = await run('aws', [...args, '--region', region, '--output', 'json'])
    if (!answer) return { reason: 'there is no program aws' }
    if (answer.exitCode !== 0) {
      const said = answer.stderr.split('\n').find((line) => line.trim() !== '')
      return { reason: `aws ${args.slice(0, 2).join(' ')}: ${said?.trim() ?? `exit code ${answer.exitCode}`}` }
    }
    return { found: JSON.parse(answer.stdout) as Answer }
  }
}

async function readCluster(ask: Ask, name: string): Promise<Looked<ClusterFact>> {
  const looked = await ask('ecs', 'describe-clusters', '--clusters', name)
  return first(looked, 'clusters', `there is no cluster ${name}`, (cluster) => ({
    name: text(cluster['clusterName']),
    status: text(cluster['status']),
    capacityProviders: list(cluster['capacityProviders']).map(text),
  }))
}

async function readService(ask: Ask, cluster: string, name: string): Promise<Looked<ServiceFact>> {
  const looked = await ask('ecs', 'describe-services', '--cluster', cluster, '--services', name, '--include', 'TAGS')
  const service = first(looked, 'services', `there is no service ${name} in the cluster ${cluster}`, (found) => found)
  if ('reason' in service) return service
  const found = service.found
  const definition = await ask('ecs', 'describe-task-definition', '--task-definition', text(found['taskDefinition']))
  if ('reason' in definition) return definition
  const task = object(definition.found['taskDefinition'])
  const network = object(object(found['networkConfiguration'])['awsvpcConfiguration'])
  const providers = objects(found['capacityProviderStrategy']).map((one) => text(one['capacityProvider']))
  const tags = objects(found['tags'])
  return {
    found: {
      name: text(found['serviceName']),
      status: text(found['status']),
      // ECS leaves the type out where it is its own.
      controller: text(object(found['deploymentController'])['type'] ?? 'ECS'),
      scheduling: text(found['schedulingStrategy'] ?? 'REPLICA'),
      runsOn: providers.length > 0 ? providers : [text(found['launchType'])],
      networkMode: text(task['networkMode']),
      subnets: list(network['subnets']).map(text),
      securityGroups: list(network['securityGroups']).map(text),
      hasPublicAddress: network['assignPublicIp'] === 'ENABLED',
      containers: objects(task['containerDefinitions']).map((one) => text(one['name'])),
      targets: objects(found['loadBalancers']).map((one) => ({
        targetGroup: text(one['targetGroupArn']),
        container: text(one['containerName']),
        port: Number(one['containerPort']),
      })),
      stack: tags
        .map((tag) => (tag['key'] === 'aws:cloudformation:stack-name' ? text(tag['value']) : ''))
        .find(Boolean),
    },
  }
}

async function readTargetGroup(ask: Ask, arn: string): Promise<Looked<TargetGroupFact>> {
  const looked = await ask('elbv2', 'describe-target-groups', '--target-group-arns', arn)
  return first(looked, 'TargetGroups', `there is no target group ${arn}`, (group) => ({
    arn: text(group['TargetGroupArn']),
    targetType: text(group['TargetType']),
    loadBalancers: list(group['LoadBalancerArns']).map(text),
  }))
}

async function readLoadBalancer(ask: Ask, nameOrArn: string): Promise<Looked<LoadBalancerFact>> {
  const by = nameOrArn.startsWith('arn:') ? '--load-balancer-arns' : '--names'
  const looked = await ask('elbv2', 'describe-load-balancers', by, nameOrArn)
  const found = first(looked, 'LoadBalancers', `there is no load balancer ${nameOrArn}`, (one) => one)
  if ('reason' in found) return found
  const balancer = found.found
  const arn = text(balancer['LoadBalancerArn'])
  const answered = await ask('elbv2', 'describe-listeners', '--load-balancer-arn', arn)
  if ('reason' in answered) return answered
  const listeners: ListenerFact[] = []
  for (const listener of objects(answered.found['Listeners'])) {
    const rules = await ask('elbv2', 'describe-rules', '--listener-arn', text(listener['ListenerArn']))
    if ('reason' in rules) return rules
    listeners.push({
      arn: text(listener['ListenerArn']),
      port: Number(listener['Port']),
      protocol: text(listener['Protocol']),
      rules: objects(rules.found['Rules']).map(ruleFact),
    })
  }
  return {
    found: {
      arn,
      type: text(balancer['Type']),
      dnsName: text(balancer['DNSName']),
      hostedZoneId: text(balancer['CanonicalHostedZoneId']),
      vpcId: text(balancer['VpcId']),
      subnets: objects(balancer['AvailabilityZones']).map((zone) => text(zone['SubnetId'])),
      securityGroups: list(balancer['SecurityGroups']).map(text),
      listeners,
    },
  }
}

function ruleFact(rule: Answer): RuleFact {
  const groups = objects(rule['Actions']).flatMap((action) => [
    ...objects(object(action['ForwardConfig'])['TargetGroups']).map((group) => text(group['TargetGroupArn'])),
    ...(action['TargetGroupArn'] == null ? [] : [text(action['TargetGroupArn'])]),
  ])
  const priority = Number(rule['Priority'])
  return {
    arn: text(rule['RuleArn']),
    priority: Number.isNaN(priority) ? undefined : priority,
    targetGroups: [...new Set(groups)],
  }
}

async function readNetwork(ask: Ask, vpcId: string): Promise<Looked<NetworkFact>> {
  const ofVpc = ['--filters', `Name=vpc-id,Values=${vpcId}`]
  const subnets = await ask('ec2', 'describe-subnets', ...ofVpc)
  if ('reason' in subnets) return subnets
  const tables = await ask('ec2', 'describe-route-tables', ...ofVpc)
  if ('reason' in tables) return tables
  const ways = waysOut(objects(tables.found['RouteTables']))
  const found = objects(subnets.found['Subnets']).map((subnet) => ({
    id: text(subnet['SubnetId']),
    zone: text(subnet['AvailabilityZone']),
    wayOut: ways(text(subnet['SubnetId'])),
  }))
  if (found.length === 0) return { reason: `there is no subnet in ${vpcId}` }
  return { found: { vpcId, subnets: found } }
}

/** The way out of a subnet: its own route table's, or the main one's where it has none (VPC guide: "Subnet route tables"). */
function waysOut(tables: readonly Answer[]): (subnet: string) => WayOut {
  const associated = (table: Answer) => objects(table['Associations'])
  const main = tables.find((table) => associated(table).some((one) => one['Main'] === true))
  return (subnet) => {
    const own = tables.find((table) => associated(table).some((one) => one['SubnetId'] === subnet)) ?? main
    const out = objects(own?.['Routes']).find((route) => route['DestinationCidrBlock'] === '0.0.0.0/0')
    if (!out) return 'none'
    return typeof out['GatewayId'] === 'string' && out['GatewayId'].startsWith('igw-') ? 'internet' : 'nat'
  }
}

function first<Found>(
  looked: Looked<Answer>,
  key: string,
  otherwise: string,
  shape: (one: Answer) => Found,
): Looked<Found> {
  if ('reason' in looked) return looked
  const [one] = objects(looked.found[key])
  return one ? { found: shape(one) } : { reason: otherwise }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : [])
const object = (value: unknown): Answer => (typeof value === 'object' && value != null ? (value as Answer) : {})
const objects = (value: unknown): readonly Answer[] => list(value).map(object)
