import { describe, expect, it } from 'vitest'
import { cloudFrontList, healthCheckers } from '../../lib/edge/networks.ts'
import { regionBlocks, tierCidr, tiers, zones } from '../../lib/topology/addresses.ts'
import { profiles } from '../../lib/topology/profiles.ts'
import { desiredState } from '../desired-state.ts'
import {
  profileCases,
  profileState,
  stacksOf,
  wholeEdge,
  withCertificates,
  type Resource,
  type Stack,
} from '../templates.ts'

const anywhere = '0.0.0.0/0'

function networks(profile: string, edge?: string): Map<string, Stack> {
  const stacks = stacksOf(profileState(profile, edge))
  const regions = profileCases.find((one) => one.profile === profile)?.regions ?? []
  return new Map(
    regions.map((region, index) => {
      const file = `prod/sluice-prod-network${index === 0 ? '' : `.${region}`}.template.json`
      const stack = stacks.get(file)
      if (!stack) throw new Error(`there is no ${file}`)
      return [region, stack]
    }),
  )
}

/** Routes of the table that a tier's subnet is associated with. */
function routesOf(stack: Stack, tier: string, zone: number): Resource[] {
  const association = stack.get(`${tier}${zone}Association`)
  return stack
    .ofType('AWS::EC2::Route')
    .filter(({ properties }) => properties['RouteTableId'].Ref === association.properties['RouteTableId'].Ref)
}

const ingress = (stack: Stack) =>
  [
    ...stack
      .ofType('AWS::EC2::SecurityGroupIngress')
      .map(({ logicalId, properties }) => ({ of: logicalId, ...properties })),
    ...stack
      .ofType('AWS::EC2::SecurityGroup')
      .flatMap(({ logicalId, properties }) =>
        (properties['SecurityGroupIngress'] ?? []).map((rule: object) => ({ of: logicalId, ...rule })),
      ),
  ] as { of: string; CidrIp?: string; FromPort: number; ToPort: number; SourceSecurityGroupId?: unknown }[]

describe.each(profileCases)('the network of $profile', ({ profile }) => {
  const stacks = networks(profile)
  const { nat, endpoints } = profiles[profile]

  it('has four tiers over three zones in every region', () => {
    for (const stack of stacks.values()) {
      expect(stack.ofType('AWS::EC2::Subnet')).toHaveLength(tiers.length * zones.length)
      const placed = new Set(
        stack.ofType('AWS::EC2::Subnet').map(({ properties }) => JSON.stringify(properties['AvailabilityZone'])),
      )
      expect(placed.size).toBe(3)
    }
  })

  it('leads nowhere from the subnets of databases and caches', () => {
    for (const stack of stacks.values()) {
      for (const tier of ['database', 'cache'])
        for (const zone of zones) expect(routesOf(stack, tier, zone)).toEqual([])
    }
  })

  it('leads out of private subnets by as many NAT gateways as the profile pays for', () => {
    for (const stack of stacks.values()) {
      expect(stack.ofType('AWS::EC2::NatGateway')).toHaveLength({ none: 0, one: 1, 'per-zone': 3 }[nat])
      for (const zone of zones) {
        const targets = routesOf(stack, 'private', zone).map(({ properties }) => properties['NatGatewayId']?.Ref)
        expect(targets).toEqual(nat === 'none' ? [] : [nat === 'one' || zone === 0 ? 'Nat' : `Nat${zone}`])
      }
    }
  })

  it('opens nothing to everybody but the production port of the load balancer', () => {
    for (const stack of stacks.values()) {
      const open = ingress(stack).filter(({ CidrIp }) => CidrIp === anywhere)
      expect(open.map(({ of, FromPort, ToPort }) => [of, FromPort, ToPort])).toEqual([['LoadBalancerGroup', 80, 80]])
    }
  })

  it('lets groups name groups, never addresses', () => {
    for (const stack of stacks.values()) {
      for (const rule of ingress(stack).filter(({ of }) => of !== 'LoadBalancerGroup')) {
        expect(rule.SourceSecurityGroupId, rule.of).toBeDefined()
        expect(rule.CidrIp, rule.of).toBeUndefined()
      }
      expect(stack.text).not.toContain('::/0')
    }
  })

  it('lets data answer to the tier of the tasks and to itself, and to nobody else', () => {
    for (const [region, stack] of stacks) {
      for (const tier of ['database', 'cache'] as const) {
        const allowed = [tierCidr(region, nat === 'none' ? 'public' : 'private'), tierCidr(region, tier)]
        const entries = stack
          .ofType('AWS::EC2::NetworkAclEntry')
          .filter(({ properties }) => properties['NetworkAclId'].Ref === `${tier}Access`)
        expect(entries.length).toBeGreaterThan(0)
        for (const { properties } of entries) expect(allowed).toContain(properties['CidrBlock'])
      }
    }
  })

  it('puts every subnet behind the access list of its tier', () => {
    for (const stack of stacks.values()) {
      for (const tier of tiers) {
        for (const zone of zones) {
          expect(stack.get(`${tier}${zone}Access`).properties).toEqual({
            SubnetId: { Ref: `${tier}${zone}` },
            NetworkAclId: { Ref: `${tier}Access` },
          })
        }
      }
    }
  })

  it('keeps encrypted flow logs', () => {
    for (const stack of stacks.values()) {
      expect(stack.ofType('AWS::EC2::FlowLog')).toHaveLength(1)
      expect(stack.get('FlowLogs').properties['KmsKeyId']).toEqual({ 'Fn::GetAtt': ['LogsKey', 'Arn'] })
    }
  })

  it('has the free ways to S3 and DynamoDB, and those that the profile pays for', () => {
    for (const [region, stack] of stacks) {
      const names = stack.ofType('AWS::EC2::VPCEndpoint').map(({ properties }) => properties['ServiceName'])
      expect(names).toEqual(['s3', 'dynamodb', ...endpoints].map((service) => `com.amazonaws.${region}.${service}`))
    }
  })

  it('exports task subnets that have a way out', () => {
    for (const stack of stacks.values()) {
      const exported = stack.exports.get('sluice-prod-task-subnets') as { 'Fn::Join': [string, { Ref: string }[]] }
      for (const { Ref } of exported['Fn::Join'][1]) {
        const [, tier = '', zone] = /^([a-z]+)(\d)$/.exec(Ref) ?? []
        expect(
          routesOf(stack, tier, Number(zone)).map(({ properties }) => properties['DestinationCidrBlock']),
        ).toContain(anywhere)
      }
    }
  })
})

describe('the load balancer', () => {
  it('takes clients at 443 and, to redirect them, at 80 once it has a certificate', () => {
    for (const stack of networks('production', `{ ${withCertificates} }`).values()) {
      expect(
        ingress(stack)
          .filter(({ CidrIp }) => CidrIp === anywhere)
          .map(({ FromPort }) => FromPort),
      ).toEqual([443, 80])
    }
  })

  it.each([
    ['{ testers: [203.0.113.0/24, 198.51.100.7/32] }', 8080],
    [`{ testers: [203.0.113.0/24, 198.51.100.7/32], ${withCertificates} }`, 8443],
  ])('lets the test listener be reached by the named testers alone: %s', (edge, port) => {
    for (const stack of networks('production', edge).values()) {
      const rules = ingress(stack).filter(
        ({ FromPort, ToPort, of }) => of === 'LoadBalancerGroup' && FromPort <= port && port <= ToPort,
      )
      expect(rules.map(({ CidrIp }) => CidrIp)).toEqual(['203.0.113.0/24', '198.51.100.7/32'])
    }
  })

  it('lets in nobody but CloudFront, who checks health and testers once there is a distribution', () => {
    const edge = wholeEdge.replace('{', '{ testers: [203.0.113.0/24],')
    for (const [region, stack] of networks('production', edge)) {
      expect(ingress(stack).filter(({ CidrIp }) => CidrIp === anywhere)).toEqual([])
      expect(stack.get('EdgeGroup').properties['SecurityGroupIngress']).toMatchObject([
        { FromPort: 443, ToPort: 443, SourcePrefixListId: cloudFrontList(region) },
      ])
      const rules = ingress(stack).filter(({ of }) => of === 'LoadBalancerGroup')
      expect(new Set(rules.map(({ FromPort }) => FromPort))).toEqual(new Set([443, 8443]))
      expect(rules.filter(({ FromPort }) => FromPort === 443).map(({ CidrIp }) => CidrIp)).toEqual([
        ...healthCheckers,
        '203.0.113.0/24',
      ])
      // Rules of a group: 60 (VPC quotas); CloudFront's list counts as 55 of them, which is why it has a group of its own.
      expect(rules.length).toBeLessThanOrEqual(60)
    }
  })

  it('knows the list of CloudFront in every region that has an address block', () => {
    for (const region of Object.keys(regionBlocks)) expect(cloudFrontList(region)).toMatch(/^pl-[0-9a-f]{8}$/)
    expect(new Set(Object.keys(regionBlocks).map(cloudFrontList)).size).toBe(Object.keys(regionBlocks).length)
    expect(() => cloudFrontList('mars-1')).toThrow(/prefix list of mars-1/)
  })

  it.each(['0.0.0.0/0', '10.0.0.0/8', 'runner.example.com'])('refuses %s as a tester', (block) => {
    expect(() => desiredState({ prod: { edge: `{ testers: ["${block}"] }` } })).toThrow(/edge\.testers/)
  })
})
