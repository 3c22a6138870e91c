import { describe, expect, it } from 'vitest'
import { names } from '@sluice/core/names'
import { planStacks } from '../../lib/planning/stacks.ts'
import { waves } from '../../lib/planning/stack-plan.ts'
import { failoverWaves } from '../../lib/recovery/waves.ts'
import { checkTopology } from '../../lib/topology/regions.ts'
import { desiredState } from '../desired-state.ts'
import { profileState, stacksOf, type Stack } from '../templates.ts'

interface Step {
  readonly Name: string
  readonly ExecutionBlockType: string
  readonly ExecutionBlockConfiguration: {
    readonly ParallelConfig?: { readonly Steps: readonly Step[] }
    readonly GlobalAuroraConfig?: {
      readonly Behavior: string
      readonly Ungraceful: { readonly Ungraceful: string }
      readonly GlobalClusterIdentifier: string
      readonly DatabaseClusterArns: readonly string[]
    }
    readonly EcsCapacityIncreaseConfig?: { readonly Services: readonly { readonly ServiceArn: string }[] }
    readonly Route53HealthCheckConfig?: { readonly RecordSets: readonly { readonly Region: string }[] }
  }
}
interface Workflow {
  readonly WorkflowTargetAction: string
  readonly WorkflowTargetRegion: string
  readonly Steps: readonly Step[]
}

const edge = '{ domain: example.com, hostedZoneId: Z1 }'
const file = 'prod/sluice-prod-recovery.template.json'
const state = profileState('global', edge)
const all = stacksOf(state)
const recovery = (): Stack => {
  const found = all.get(file)
  if (!found) throw new Error(`expected ${file} among ${[...all.keys()].join(', ')}`)
  return found
}
const plans = () =>
  recovery()
    .ofType('AWS::ARCRegionSwitch::Plan')
    .map(({ properties }) => properties)
const workflows = () => plans().flatMap((plan) => plan['Workflows'] as Workflow[])
const prod = () => {
  const found = state.environments['prod']
  if (!found) throw new Error('expected prod')
  return found
}

describe('the plans of an environment with other regions', () => {
  it('are one for each of them, with the primary', () => {
    expect(plans().map(({ Name, Regions, PrimaryRegion }) => ({ Name, Regions, PrimaryRegion }))).toEqual([
      { Name: 'sluice-prod-us-west-2', Regions: ['us-east-1', 'us-west-2'], PrimaryRegion: 'us-east-1' },
      { Name: 'sluice-prod-eu-west-1', Regions: ['us-east-1', 'eu-west-1'], PrimaryRegion: 'us-east-1' },
    ])
  })

  it('lead to the other region and back', () => {
    for (const { Workflows, Regions } of plans()) {
      const found = (Workflows as Workflow[]).map(({ WorkflowTargetAction, WorkflowTargetRegion }) => [
        WorkflowTargetAction,
        WorkflowTargetRegion,
      ])
      expect(found).toEqual((Regions as string[]).map((region) => ['activate', region]))
    }
  })

  it('move every cluster of the shard list, once and all in one parallel step', () => {
    expect(workflows()).toHaveLength(4)
    for (const { Steps } of workflows()) {
      const parallel = Steps.filter(({ ExecutionBlockType }) => ExecutionBlockType === 'Parallel')
      const databases = parallel.map(({ ExecutionBlockConfiguration }) =>
        (ExecutionBlockConfiguration.ParallelConfig?.Steps ?? [])
          .filter(({ ExecutionBlockType }) => ExecutionBlockType === 'AuroraGlobalDatabase')
          .map(({ Name }) => Name),
      )
      expect(databases).toEqual(failoverWaves(prod()).map((wave) => wave.map(names.databaseStep)))
    }
  })

  it('fail over the Global Databases that the data stacks make, and lose data only when told to', () => {
    const made = all.get('prod/sluice-prod-data.template.json')?.ofType('AWS::RDS::GlobalCluster') ?? []
    const identifiers = made.map(({ properties }) => properties['GlobalClusterIdentifier'])
    expect(identifiers).toHaveLength(8)
    for (const { Steps } of workflows()) {
      const [first] = Steps
      const configs = (first?.ExecutionBlockConfiguration.ParallelConfig?.Steps ?? []).flatMap(
        (step) => step.ExecutionBlockConfiguration.GlobalAuroraConfig ?? [],
      )
      expect(configs.map((config) => config.GlobalClusterIdentifier)).toEqual(identifiers)
      for (const config of configs) {
        expect([config.Behavior, config.Ungraceful.Ungraceful]).toEqual(['switchoverOnly', 'failover'])
        expect(config.DatabaseClusterArns).toHaveLength(2)
      }
    }
  })

  it('scale every service beside the databases, and turn the traffic after both', () => {
    for (const { Steps } of workflows()) {
      expect(Steps.map(({ ExecutionBlockType }) => ExecutionBlockType)).toEqual(['Parallel', 'Route53HealthCheck'])
      const scaled = (Steps[0]?.ExecutionBlockConfiguration.ParallelConfig?.Steps ?? []).flatMap(
        (step) => step.ExecutionBlockConfiguration.EcsCapacityIncreaseConfig?.Services ?? [],
      )
      expect(scaled.map(({ ServiceArn }) => ServiceArn.split(':').at(-1))).toEqual([
        'service/sluice-prod/prod-registry',
        'service/sluice-prod/prod-registry',
      ])
    }
  })

  it('are started by people alone', () => {
    for (const plan of plans()) {
      expect(plan).not.toHaveProperty('Triggers')
      const types = Object.values(plan['AssociatedAlarms'] as Record<string, { AlarmType: string }>)
      expect(types.length).toBeGreaterThan(0)
      expect(new Set(types.map(({ AlarmType }) => AlarmType))).toEqual(new Set(['applicationHealth']))
    }
  })

  it('ask alarms that the observability stacks make, in both regions', () => {
    const made = new Set(
      [...all.values()].flatMap((stack) =>
        stack.ofType('AWS::CloudWatch::CompositeAlarm').map(({ properties }) => properties['AlarmName'] as string),
      ),
    )
    for (const plan of plans()) {
      const asked = Object.values(plan['AssociatedAlarms'] as Record<string, { ResourceIdentifier: string }>)
      expect(asked.map(({ ResourceIdentifier }) => ResourceIdentifier.split(':')[3])).toEqual(plan['Regions'])
      for (const { ResourceIdentifier } of asked) expect(made).toContain(ResourceIdentifier.split(':').at(-1))
    }
  })

  it('turn no traffic where no name leads to it', () => {
    const bare = stacksOf(profileState('global')).get(file)
    const found = bare?.ofType('AWS::ARCRegionSwitch::Plan')[0]?.properties['Workflows'] as Workflow[]
    expect(found[0]?.Steps.map(({ Name }) => Name)).toEqual(['take-over'])
    expect(bare?.text).not.toContain('route53')
  })

  it('fit into what a deployment takes without a bucket', () => {
    expect(recovery().text.length).toBeLessThan(51_200)
  })

  it('come after all that they move', () => {
    const order = waves(planStacks(state)).map((wave) => wave.map(({ id }) => id))
    const at = (id: string) => order.findIndex((wave) => wave.includes(id))
    const own = at('prod/recovery/us-east-1')
    for (const part of ['service', 'data', 'observability'])
      for (const region of ['us-east-1', 'us-west-2', 'eu-west-1'])
        expect(at(`prod/${part}/${region}`)).toBeLessThan(own)
  })
})

describe("the role that ARC runs a plan's steps with", () => {
  const role = () => recovery().get('Execution').properties
  const statements = () =>
    role()['Policies'][0].PolicyDocument.Statement as {
      readonly Action: readonly string[]
      readonly Resource: string | readonly string[]
      readonly Condition?: object
    }[]

  it('is taken by ARC alone', () => {
    const trust = role()['AssumeRolePolicyDocument'].Statement as { readonly Principal: object }[]
    expect(trust.map(({ Principal }) => Principal)).toEqual([{ Service: 'arc-region-switch.amazonaws.com' }])
  })

  it('changes writers and the number of tasks, each by its name', () => {
    const changing = statements().filter(({ Action }) =>
      Action.some((one) => !/:(Describe|Get|List|Simulate)/.test(one)),
    )
    expect(changing.flatMap(({ Action }) => Action.filter((one) => !/:(Describe|Get|List)/.test(one)))).toEqual([
      'rds:FailoverGlobalCluster',
      'rds:SwitchoverGlobalCluster',
      'ecs:UpdateService',
      'application-autoscaling:RegisterScalableTarget',
    ])
    const databases = [changing[0]?.Resource ?? []].flat()
    // Eight Global Databases, each with a member in three regions.
    expect(databases).toHaveLength(8 * 4)
    for (const arn of [...databases, ...[changing[1]?.Resource ?? []].flat()]) expect(arn).not.toContain('*')
    expect(JSON.stringify(changing[1]?.Condition)).toContain('task-definition/prod-registry:*')
  })

  it('knows every action that a block of the plans needs, and reads no other zone', () => {
    const actions = new Set(statements().flatMap(({ Action }) => Action))
    for (const action of [
      'iam:SimulatePrincipalPolicy',
      'rds:DescribeGlobalClusters',
      'rds:DescribeDBClusters',
      'ecs:DescribeServices',
      'ecs:DescribeClusters',
      'ecs:ListServices',
      'application-autoscaling:DescribeScalableTargets',
      'cloudwatch:DescribeAlarms',
      'cloudwatch:GetMetricStatistics',
      'route53:ListResourceRecordSets',
    ])
      expect(actions).toContain(action)
    const zones = statements().filter(({ Action }) => Action.includes('route53:ListResourceRecordSets'))
    expect(zones.map(({ Resource }) => Resource)).toEqual(['arn:aws:route53:::hostedzone/Z1'])
  })
})

it('has no stack where there is one region', () => {
  expect(planStacks(desiredState()).filter(({ part }) => part === 'recovery')).toEqual([])
})

it("refuses an environment whose plan's name ARC would refuse", () => {
  const long = { ...prod(), name: 'production-of-the-west' }
  expect(() => checkTopology({ long })).toThrow(/at most 32 characters.*sluice-production-of-the-west-us-west-2/)
})
