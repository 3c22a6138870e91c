import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '@sluice/core/failure'
import { costChanges, estimate } from '../../lib/cost/estimate.ts'
import { readCostAssumptions } from '../../lib/cost/read-assumptions.ts'
import { resourcesOf } from '../../lib/cost/resources.ts'

const { prices, profiles } = await readCostAssumptions()
const usage = profiles['dev']?.usage
if (!usage) throw new Error('the usage file has no profile dev')
const price = (Resources: object, zones = 2) =>
  estimate(
    resourcesOf(new Map([['dev/a.template.json', { Resources }]]), () => 'us-east-1'),
    prices,
    { usage, zones },
  )
const service = (changes: { cpu?: string; strategy?: object[]; minimum?: number; architecture?: string } = {}) => ({
  Service: {
    Type: 'AWS::ECS::Service',
    Properties: {
      ServiceName: 'dev-registry',
      TaskDefinition: 'dev-registry',
      CapacityProviderStrategy: changes.strategy,
    },
  },
  Definition: {
    Type: 'AWS::ECS::TaskDefinition',
    Properties: {
      Family: 'dev-registry',
      Cpu: changes.cpu ?? '1024',
      Memory: '2048',
      RuntimePlatform: { CpuArchitecture: changes.architecture ?? 'X86_64' },
    },
  },
  Target: {
    Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
    Properties: { ResourceId: 'service/sluice-dev/dev-registry', MinCapacity: changes.minimum ?? 2 },
  },
})

describe('estimate', () => {
  it('prices the tasks that a service keeps at least, by the size of its definition', () => {
    expect(price(service()).monthlyUsd).toBeCloseTo(2 * 730 * (0.04048 + 2 * 0.004445), 6)
  })

  it('prices ARM and Spot by their own prices', () => {
    const arm = price(service({ architecture: 'ARM64' })).monthlyUsd
    expect(arm).toBeCloseTo(2 * 730 * (0.03238 + 2 * 0.00356), 6)
    const spot = price(service({ architecture: 'ARM64', strategy: [{ CapacityProvider: 'FARGATE_SPOT' }] }))
    expect(spot.monthlyUsd).toBeCloseTo(arm * 0.32, 6)
  })

  it('tells which items a rollout runs twice: the tasks, and nothing else', () => {
    const { items } = price({ ...service(), Key: { Type: 'AWS::KMS::Key' } })
    const doubled = items.filter(({ isDoubledByRollout }) => isDoubledByRollout).map(({ category }) => category)
    expect(doubled).toEqual(['compute', 'compute'])
  })

  it.each([
    ['on', [{ Name: 'containerInsights', Value: 'enabled' }], (8 + 17) * 0.3],
    ['off', [{ Name: 'containerInsights', Value: 'disabled' }], 0],
  ])('prices Container Insights by the cluster and the service when they are %s', (_, ClusterSettings, usd) => {
    const cluster = { Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterSettings } } }
    const more = price({ ...service(), ...cluster }).monthlyUsd - price(service()).monthlyUsd
    expect(more).toBeCloseTo(usd, 6)
  })

  it('counts the addresses of a public load balancer, one a zone, and none of an internal one', () => {
    const balancer = (Scheme: string) => ({
      Lb: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: { Scheme } },
    })
    const addresses = ({ items }: ReturnType<typeof price>) =>
      items.find(({ category }) => category === 'addresses')?.quantity
    expect(addresses(price(balancer('internet-facing'), 3))).toBe(3 * 730)
    expect(addresses(price(balancer('internal'), 3))).toBeUndefined()
  })

  it('never prices a serverless instance below the least capacity of its cluster', () => {
    const cluster = (MinCapacity: number) =>
      price({
        Cluster: {
          Type: 'AWS::RDS::DBCluster',
          Properties: { ServerlessV2ScalingConfiguration: { MinCapacity, MaxCapacity: 8 } },
        },
        Writer: { Type: 'AWS::RDS::DBInstance', Properties: { DBInstanceClass: 'db.serverless' } },
      }).items.find(({ unit }) => unit === 'ACU-hour')?.quantity
    expect(cluster(2)).toBe(2 * 730)
    expect(cluster(0)).toBe(usage.averageAcu * 730)
  })

  it('fails for every type that nobody has priced, and for every price that the file lacks, at once', () => {
    const bad = {
      Lake: { Type: 'AWS::LakeFormation::DataLakeSettings' },
      Queue: { Type: 'AWS::MSK::Cluster' },
      Node: { Type: 'AWS::ElastiCache::ReplicationGroup', Properties: { CacheNodeType: 'cache.x2.huge' } },
    }
    expect(() => price(bad)).toThrow(ConfigurationError)
    expect(() => price(bad)).toThrow(/AWS::LakeFormation::DataLakeSettings \(Lake of dev\/a\.template\.json\)/)
    expect(() => price(bad)).toThrow(/AWS::MSK::Cluster/)
    expect(() => price(bad)).toThrow(/"cache.x2.huge"/)
  })

  it('gives every item the source of its price, and the day it was confirmed on or that it was not', () => {
    for (const { source, confidence, checked } of price(service()).items) {
      expect(source).toMatch(/^https:\/\/aws\.amazon\.com\//)
      expect(checked ?? '').toMatch(confidence === 'confirmed' ? /^\d{4}-\d{2}-\d{2}$/ : /^$/)
    }
  })
})

describe('costChanges', () => {
  it('lists what became dearer, cheaper, new and gone, and nothing else', () => {
    const before = price({ ...service(), Key: { Type: 'AWS::KMS::Key' } })
    const after = price({ ...service({ minimum: 4 }), Nat: { Type: 'AWS::EC2::NatGateway' } })
    const changes = costChanges(before, after)
    expect(changes.map(({ item }) => item).sort()).toEqual([
      'NAT gateway',
      'key',
      'x86 tasks: memory',
      'x86 tasks: processors',
    ])
    expect(changes.find(({ item }) => item === 'key')).toMatchObject({ beforeUsd: 1, afterUsd: 0 })
    expect(costChanges(before, before)).toEqual([])
  })
})
