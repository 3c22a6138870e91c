import { CfnNetworkAcl, CfnNetworkAclEntry, CfnSubnetNetworkAclAssociation } from 'aws-cdk-lib/aws-ec2'
import type { Construct } from 'constructs'
import { regionCidr, tierCidr, tiers, type Tier } from '../topology/addresses.ts'
import { databasePort } from './groups.ts'
import type { Subnets } from './subnets.ts'

interface Entry {
  readonly cidrBlock: string
  readonly ports: readonly [from: number, to: number] | 'all'
}

const anywhere = '0.0.0.0/0'
/** Access lists know no connections: answers come in at the port that the question left from (Linux: 32768 up; NAT: 1024 up). */
const answers = [1024, 65_535] as const

interface TierRules {
  readonly in: readonly Entry[]
  readonly out: readonly Entry[]
}

/**
 * The second fence, by tier: data is reached from the tier of the tasks alone, and answers to nobody else, even if a security
 * group were opened by mistake. `taskTier` is where tasks stand.
 */
function rulesOf(region: string, tier: Tier, taskTier: Tier): TierRules {
  const own = tierCidr(region, tier)
  const tasks = tierCidr(region, taskTier)
  const vpc = regionCidr(region)
  switch (tier) {
    case 'public':
      return {
        in: [
          { cidrBlock: vpc, ports: 'all' },
          { cidrBlock: anywhere, ports: [80, 80] },
          { cidrBlock: anywhere, ports: [443, 443] },
          { cidrBlock: anywhere, ports: answers },
        ],
        out: [{ cidrBlock: anywhere, ports: 'all' }],
      }
    case 'private':
      return {
        in: [
          { cidrBlock: vpc, ports: 'all' },
          { cidrBlock: anywhere, ports: answers },
        ],
        out: [{ cidrBlock: anywhere, ports: 'all' }],
      }
    case 'database':
      // The proxy stands beside the databases; its connections and their answers stay within the tier.
      return {
        in: [
          { cidrBlock: tasks, ports: [databasePort, databasePort] },
          { cidrBlock: own, ports: answers },
        ],
        out: [tasks, own].map((cidrBlock) => ({ cidrBlock, ports: answers })),
      }
    case 'cache':
      return {
        in: [
          { cidrBlock: tasks, ports: [6379, 6380] },
          { cidrBlock: own, ports: answers },
        ],
        out: [tasks, own].map((cidrBlock) => ({ cidrBlock, ports: answers })),
      }
  }
}

export function addAccessLists(
  scope: Construct,
  vpcId: string,
  region: string,
  subnets: Subnets,
  taskTier: Tier,
): void {
  for (const tier of tiers) {
    const list = new CfnNetworkAcl(scope, `${tier}Access`, { vpcId, tags: [{ key: 'Name', value: tier }] })
    const rules = rulesOf(region, tier, taskTier)
    for (const direction of ['in', 'out'] as const) {
      for (const [index, { cidrBlock, ports }] of rules[direction].entries()) {
        new CfnNetworkAclEntry(scope, `${tier}Access-${direction}${index}`, {
          networkAclId: list.ref,
          ruleNumber: (index + 1) * 100,
          ruleAction: 'allow',
          egress: direction === 'out',
          cidrBlock,
          // -1 is every protocol, 6 is TCP.
          ...(ports === 'all' ? { protocol: -1 } : { protocol: 6, portRange: { from: ports[0], to: ports[1] } }),
        })
      }
    }
    for (const [zone, { subnet }] of subnets[tier].entries()) {
      new CfnSubnetNetworkAclAssociation(scope, `${tier}${zone}Access`, {
        subnetId: subnet.ref,
        networkAclId: list.ref,
      })
    }
  }
}
