import { CfnOutput, Fn, Stack, type StackProps } from 'aws-cdk-lib'
import { CfnVPC } from 'aws-cdk-lib/aws-ec2'
import type { Construct } from 'constructs'
import { adoptionOf, type RegionAdoption } from '@sluice/core/environment/adopt'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'
import { addKey } from '../encryption/key.ts'
import { addAccessLists } from '../network/access-lists.ts'
import { addEndpoints } from '../network/endpoints.ts'
import { networkExports } from '../network/exports.ts'
import { addFlowLogs } from '../network/flow-logs.ts'
import { addGroups, type Groups } from '../network/groups.ts'
import { addSubnets, type ZoneSubnet } from '../network/subnets.ts'
import { regionCidr } from '../topology/addresses.ts'
import { profileOf } from '../topology/profiles.ts'

type AdoptedNetwork = NonNullable<RegionAdoption['network']>

/** Ids of a network, made or adopted; lists are comma separated. */
type NetworkIds = Omit<
  Readonly<Record<keyof ReturnType<typeof networkExports>, string | undefined>>,
  'logsKeyArn' | 'vpc'
> & {
  readonly vpc: string
}

/**
 * The network of one region: four tiers over three zones, a way out where the profile has one, two fences (access lists by
 * tier, security groups by reference), flow logs. Tasks are the only way to the data, the load balancer the only way to tasks. Of an
 * adopted network nothing is made but the groups that it lacks: its routes, fences, endpoints and flow logs are its owner's.
 */
export class NetworkStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps, state: EnvironmentState) {
    super(scope, id, props)
    const { name, environment } = state
    const adopted = adoptionOf(state, this.region)?.network
    const ids = adopted ? this.#adopt(adopted, state) : this.#make(state)
    const key = addKey(this, 'LogsKey', {
      alias: names.keyAlias(name, 'logs'),
      description: `Logs and notifications of ${name}`,
      services: [
        {
          service: `logs.${this.region}.amazonaws.com`,
          condition: {
            ArnLike: {
              'kms:EncryptionContext:aws:logs:arn': `arn:${this.partition}:logs:${this.region}:${this.account}:log-group:*`,
            },
          },
        },
        // Alarms and budgets publish to the environment's topic, which this key encrypts.
        { service: 'cloudwatch.amazonaws.com', condition: { StringEquals: { 'aws:SourceAccount': this.account } } },
        { service: 'budgets.amazonaws.com', condition: { StringEquals: { 'aws:SourceAccount': this.account } } },
      ],
      via: ['sns'],
    })
    if (!adopted) addFlowLogs(this, name, ids.vpc, key.attrArn, profileOf(environment).flowLogs)

    const exported = networkExports(name)
    const values: Readonly<Record<keyof typeof exported, string | undefined>> = { ...ids, logsKeyArn: key.attrArn }
    for (const [output, value] of Object.entries(values)) {
      if (value == null) continue
      new CfnOutput(this, output, { value, exportName: exported[output as keyof typeof exported] })
    }
  }

  #make(state: EnvironmentState): NetworkIds {
    const { name, environment } = state
    const profile = profileOf(environment)
    const vpc = new CfnVPC(this, 'Vpc', {
      cidrBlock: regionCidr(this.region),
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: [{ key: 'Name', value: names.stack(name, 'network') }],
    })
    const subnets = addSubnets(this, vpc, this.region, profile.nat)
    const taskTier = profile.nat === 'none' ? 'public' : 'private'
    addAccessLists(this, vpc.ref, this.region, subnets, taskTier)
    const groups = addGroups(this, vpc.ref, state)
    addEndpoints(this, { vpcId: vpc.ref, region: this.region, groupId: groups.endpoints.ref }, subnets, profile)
    const list = (tier: readonly ZoneSubnet[]) =>
      Fn.join(
        ',',
        tier.map(({ subnet }) => subnet.ref),
      )
    return {
      vpc: vpc.ref,
      publicSubnets: list(subnets.public),
      privateSubnets: list(subnets.private),
      taskSubnets: list(subnets[taskTier]),
      databaseSubnets: list(subnets.database),
      cacheSubnets: list(subnets.cache),
      ...groupIds(groups),
    }
  }

  #adopt(network: AdoptedNetwork, state: EnvironmentState): NetworkIds {
    const { vpcId, publicSubnets, taskSubnets, privateSubnets = taskSubnets, databaseSubnets, cacheSubnets } = network
    return {
      vpc: vpcId,
      publicSubnets: publicSubnets.join(','),
      privateSubnets: privateSubnets.join(','),
      taskSubnets: taskSubnets.join(','),
      databaseSubnets: databaseSubnets.join(','),
      cacheSubnets: cacheSubnets.join(','),
      ...groupIds(addGroups(this, vpcId, state, network.groups)),
    }
  }
}

function groupIds(groups: Groups) {
  return {
    loadBalancerGroup: groups.loadBalancer.ref,
    edgeGroup: groups.edge?.ref,
    taskGroup: groups.task.ref,
    databaseGroup: groups.database.ref,
    databaseProxyGroup: groups.databaseProxy.ref,
    cacheGroup: groups.cache.ref,
    endpointGroup: groups.endpoints.ref,
  }
}
