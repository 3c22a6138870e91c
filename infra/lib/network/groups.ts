import { Stack } from 'aws-cdk-lib'
import {
  CfnSecurityGroup,
  CfnSecurityGroupEgress,
  CfnSecurityGroupIngress,
  type CfnSecurityGroupProps,
} from 'aws-cdk-lib/aws-ec2'
import type { Construct } from 'constructs'
import { certificateIn } from '@sluice/core/environment/certificates'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { hasDistribution } from '../edge/entry.ts'
import { cloudFrontList, healthCheckers } from '../edge/networks.ts'

/** A security group: one of ours, or one that is adopted and whose rules are its owner's. */
export interface Group {
  readonly ref: string
  readonly isAdopted: boolean
}
type GroupName = 'loadBalancer' | 'task' | 'database' | 'databaseProxy' | 'cache' | 'endpoints'
/** `edge`: CloudFront's way in, where there is a distribution. Of its own: the list counts as 55 of the 60 rules of a group (VPC quotas). */
export type Groups = Readonly<Record<GroupName, Group>> & { readonly edge: { readonly ref: string } | undefined }

export const databasePort = 5432
/** Valkey listens on 6379; ElastiCache Serverless answers reads at 6380. */
const cachePorts = { from: 6379, to: 6380 }

/** Ports of the two listeners: production and test, with a certificate and without. */
const listenerPorts = ({ environment }: EnvironmentState, region: string) =>
  certificateIn(environment.edge, region) == null
    ? { production: [80], test: 8080 }
    : { production: [443, 80], test: 8443 }

/**
 * Who may talk to whom: clients to the load balancer, the load balancer to tasks, tasks to the data. Groups name each other and no
 * addresses; only the load balancer's own listeners name networks: everybody at production (port 80 beside 443 is there to
 * redirect), and the known addresses of `edge.testers` at the test listener, where an unproven revision answers. Behind a
 * distribution everybody's door is CloudFront's: its addresses, who checks health, and testers are all that get in. Adopted groups
 * keep the rules that they have: a stack that changed them would own half of what is another's.
 */
export function addGroups(
  scope: Construct,
  vpcId: string,
  state: EnvironmentState,
  adopted: Readonly<Partial<Record<GroupName, string | undefined>>> = {},
): Groups {
  // Without a rule of its own a group may talk to everybody; this one names nobody, and nobody is what it reaches.
  const nobody = [
    { ipProtocol: 'icmp', fromPort: 252, toPort: 86, cidrIp: '255.255.255.255/32', description: 'nobody' },
  ]
  const group = (
    name: GroupName,
    id: string,
    groupDescription: string,
    rules: Partial<CfnSecurityGroupProps> = { securityGroupEgress: nobody },
  ): Group => {
    const known = adopted[name]
    if (known != null) return { ref: known, isAdopted: true }
    const { ref } = new CfnSecurityGroup(scope, id, { vpcId, groupDescription, ...rules })
    return { ref, isAdopted: false }
  }
  const { region } = Stack.of(scope)
  const { testers } = state.environment.edge
  const ports = listenerPorts(state, region)
  const isBehindEdge = hasDistribution(state)
  const clients = isBehindEdge
    ? [
        ...healthCheckers.map((cidrIp) => rule(443, { cidrIp }, 'Route 53: is the region healthy')),
        ...testers.map((cidrIp) => rule(443, { cidrIp }, 'testers of a new revision, beside clients')),
      ]
    : ports.production.map((port) =>
        rule(port, { cidrIp: '0.0.0.0/0' }, port === 443 ? 'clients' : 'clients, in plain'),
      )
  const edge = isBehindEdge
    ? new CfnSecurityGroup(scope, 'EdgeGroup', {
        vpcId,
        groupDescription: 'The load balancer: open to CloudFront on its production port',
        securityGroupEgress: nobody,
        securityGroupIngress: [rule(443, { sourcePrefixListId: cloudFrontList(region) }, 'CloudFront')],
      })
    : undefined
  const groups: Groups = {
    edge,
    loadBalancer: group(
      'loadBalancer',
      'LoadBalancerGroup',
      'The load balancer: open to clients on its production port, to testers on its test port',
      {
        securityGroupEgress: nobody,
        securityGroupIngress: [
          ...clients,
          ...testers.map((cidrIp) => rule(ports.test, { cidrIp }, 'testers of a new revision')),
        ],
      },
    ),
    // Tasks pull images, write logs and call whom the service needs: out is theirs to choose.
    task: group('task', 'TaskGroup', 'Tasks: open to the load balancer alone', {}),
    database: group('database', 'DatabaseGroup', 'Databases: open to tasks and to their proxy'),
    databaseProxy: group('databaseProxy', 'DatabaseProxyGroup', 'The proxy of the databases: open to tasks'),
    cache: group('cache', 'CacheGroup', 'Caches: open to tasks'),
    endpoints: group('endpoints', 'EndpointGroup', 'Interface endpoints of AWS: open to tasks'),
  }
  const connect = (id: string, from: Group, to: Group, fromPort: number, toPort = fromPort) => {
    if (!to.isAdopted) {
      new CfnSecurityGroupIngress(scope, id, {
        groupId: to.ref,
        ipProtocol: 'tcp',
        fromPort,
        toPort,
        sourceSecurityGroupId: from.ref,
        description: id,
      })
    }
    if (from === groups.task || from.isAdopted) return
    new CfnSecurityGroupEgress(scope, `${id}Out`, {
      groupId: from.ref,
      ipProtocol: 'tcp',
      fromPort,
      toPort,
      destinationSecurityGroupId: to.ref,
      description: id,
    })
  }
  connect('LoadBalancerToTasks', groups.loadBalancer, groups.task, 1024, 65_535)
  connect('TasksToTasks', groups.task, groups.task, 1024, 65_535)
  connect('TasksToDatabase', groups.task, groups.database, databasePort)
  connect('TasksToDatabaseProxy', groups.task, groups.databaseProxy, databasePort)
  connect('DatabaseProxyToDatabase', groups.databaseProxy, groups.database, databasePort)
  connect('TasksToCache', groups.task, groups.cache, cachePorts.from, cachePorts.to)
  connect('TasksToEndpoints', groups.task, groups.endpoints, 443)
  return groups
}

type Source = { readonly cidrIp: string } | { readonly sourcePrefixListId: string }

function rule(port: number, source: Source, description: string) {
  return { ipProtocol: 'tcp', fromPort: port, toPort: port, ...source, description }
}
