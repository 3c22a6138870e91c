import { describe, expect, it } from 'vitest'
import { priceEnvironment } from '../../lib/cost/price-environment.ts'
import { readCostAssumptions } from '../../lib/cost/read-assumptions.ts'
import { describePlan } from '../../lib/plan/describe-plan.ts'
import { planInfra } from '../../lib/plan/plan-infra.ts'
import { buildTemplates } from '../../lib/planning/synthesize.ts'
import { desiredState } from '../desired-state.ts'

interface Template {
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>
}
const assumptions = await readCostAssumptions()
const state = desiredState()
const templates = buildTemplates(state)
const file = 'prod/sluice-prod-service.template.json'

/** The templates with the service stack of prod changed. */
function changed(change: (template: Template) => void): Map<string, object> {
  const template = structuredClone(templates.get(file)) as Template
  change(template)
  return new Map([...templates, [file, template]])
}
const plan = (after: ReadonlyMap<string, object>) => planInfra(state, templates, after, assumptions)
const first = ({ Resources }: Template, type: string) => {
  const found = Object.entries(Resources).find(([, { Type }]) => Type === type)
  if (!found) throw new Error(`no ${type} in ${file}`)
  return { id: found[0], properties: found[1].Properties }
}
const rule = 'AWS::ElasticLoadBalancingV2::ListenerRule'

describe('planInfra', () => {
  it('finds nothing between the same templates', () => {
    expect(plan(templates)).toMatchObject({ stacks: [], guards: [], costs: [] })
    expect(describePlan(plan(templates))).toContain('nothing changes')
  })

  it('tells an update from a replacement by CloudFormation’s own schema', () => {
    const { stacks } = plan(
      changed((template) => {
        first(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').properties['HealthCheckIntervalSeconds'] = 7
        first(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').properties['Scheme'] = 'internal'
      }),
    )
    expect(stacks).toHaveLength(1)
    const impacts = Object.fromEntries(stacks[0]?.resources.map(({ type, impact }) => [type, impact]) ?? [])
    expect(impacts).toMatchObject({
      'AWS::ElasticLoadBalancingV2::TargetGroup': 'update',
      'AWS::ElasticLoadBalancingV2::LoadBalancer': 'replace',
    })
  })

  it.each([
    ['edited', (template: Template) => (first(template, rule).properties['Priority'] = 999), /weights/],
    ['deleted', (template: Template) => delete template.Resources[first(template, rule).id], /deleted/],
  ])('refuses a listener rule that is %s', (_, change, reason) => {
    const { guards } = plan(changed(change))
    expect(guards.map(({ message }) => message)).toEqual([expect.stringMatching(reason)])
    expect(guards[0]?.message).toContain('#36649')
  })

  it("refuses a change of a service's task definition", () => {
    const { guards } = plan(
      changed((template) => (first(template, 'AWS::ECS::TaskDefinition').properties['Cpu'] = '4096')),
    )
    expect(guards).toHaveLength(1)
    expect(guards[0]).toMatchObject({ hint: expect.stringContaining('Cpu') as string })
  })

  it('refuses another target group in the place of one that listener rules point at', () => {
    const { guards } = plan(
      changed((template) => (first(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').properties['Port'] = 4711)),
    )
    expect(guards.map(({ message }) => message)).toEqual([expect.stringMatching(/TargetGroup.*would be rewritten/)])
  })

  it('lets a setting of the service itself pass', () => {
    const { guards, stacks } = plan(
      changed((template) => (first(template, 'AWS::ECS::Service').properties['HealthCheckGracePeriodSeconds'] = 61)),
    )
    expect(guards).toEqual([])
    expect(stacks[0]?.resources).toMatchObject([{ impact: 'update', properties: ['HealthCheckGracePeriodSeconds'] }])
  })

  it('lets an environment come and go whole', () => {
    const without = new Map([...templates].filter(([name]) => name !== file))
    expect(planInfra(state, without, templates, assumptions)).toMatchObject({ guards: [], stacks: [{ kind: 'new' }] })
    expect(plan(without)).toMatchObject({ guards: [], stacks: [{ kind: 'gone' }] })
  })

  it('says what is saved by an environment that is gone, from the state that it was made from', () => {
    const { dev: _, ...rest } = state.environments
    const now = { ...state, environments: rest }
    const after = buildTemplates(now)
    const told = planInfra(now, templates, after, assumptions, state)
    const [saved] = told.costs.filter(({ environment }) => environment === 'dev')
    expect(saved?.afterUsd).toBe(0)
    expect(saved?.beforeUsd).toBeGreaterThan(10)
    expect(saved?.changes.length).toBeGreaterThan(3)
    expect(describePlan(told)).toContain(`| **dev** | ${saved?.beforeUsd.toFixed(2)} | 0.00 | **-`)
    const unknown = planInfra(now, templates, after, assumptions)
    expect(unknown.unpriced).toEqual(['dev'])
    expect(describePlan(unknown)).toContain('What dev cost is not known')
  })

  it('prices what was before by the profile of before', () => {
    const changed = desiredState({ stage: { topology: '{ profile: free, physicalClusters: 1 }' } })
    const { costs } = planInfra(changed, templates, buildTemplates(changed), assumptions, state)
    const [stage] = costs.filter(({ environment }) => environment === 'stage')
    expect(stage?.beforeUsd).toBe(priceEnvironment(state, 'stage', assumptions).monthlyUsd)
    expect(stage?.afterUsd).toBe(priceEnvironment(changed, 'stage', assumptions).monthlyUsd)
  })

  it('says which permissions are broadened', () => {
    const after = changed((template) => {
      template.Resources['Wide'] = {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'wide',
          Roles: ['somebody'],
          PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] },
        },
      }
    })
    const { stacks } = plan(after)
    expect(stacks[0]).toMatchObject({ isBroadened: true, permissions: [{ kind: 'given' }] })
    expect(stacks[0]?.permissions[0]?.what).toBe('Allow s3:* on * for AWS:somebody')
    expect(describePlan(plan(after))).toContain('Permissions are broadened')
  })

  it('says what it costs, by item', () => {
    const after = changed((template) => (template.Resources['Key'] = { Type: 'AWS::KMS::Key', Properties: {} }))
    expect(plan(after).costs).toMatchObject([{ environment: 'prod', changes: [{ item: 'key' }] }])
    expect(describePlan(plan(after))).toContain('+1.00')
  })
})
