import { sloSchema } from '@sluice/core/environment/gates'
import { describe, expect, it } from 'vitest'
import { badShare, burnRate, burnWindows } from '../../lib/observability/burn-rate.ts'
import { profileCases, profileState, stacksOf } from '../templates.ts'

const file = 'prod/sluice-prod-observability.template.json'

describe('burn windows', () => {
  it('are those of the SRE workbook: 14.4 times in an hour, 6 times in six', () => {
    expect(burnWindows.map(burnRate)).toEqual([14.4, 6])
  })

  it('ring at the share that the objective allows, and never above all requests', () => {
    const [fast] = burnWindows
    if (!fast) throw new Error('expected a window')
    expect(badShare(sloSchema.parse({ availability: 99.9 }), fast)).toBeCloseTo(0.0144)
    expect(badShare(sloSchema.parse({ availability: 50 }), fast)).toBe(1)
  })
})

describe.each(profileCases)('$profile', ({ profile, regions, clusters }) => {
  const state = profileState(profile)
  const stacks = stacksOf(state)
  const stack = stacks.get(file)
  if (!stack) throw new Error(`there is no ${file}`)
  const composites = stack.ofType('AWS::CloudWatch::CompositeAlarm')

  it('tells people when the budget of errors burns, in both of its windows', () => {
    expect(composites.map(({ properties }) => properties['AlarmName'])).toEqual([
      'sluice-prod-registry-slo-fast',
      'sluice-prod-registry-slo-slow',
    ])
  })

  it('has no alarm that does nothing: each tells the topic, or feeds one that does', () => {
    for (const one of stacks.values()) {
      const fed = one.ofType('AWS::CloudWatch::CompositeAlarm')
      for (const { properties } of fed) expect(properties['AlarmActions']).toHaveLength(1)
      for (const { logicalId, properties } of one.ofType('AWS::CloudWatch::Alarm')) {
        const feeds = fed.some((composite) => JSON.stringify(composite.properties['AlarmRule']).includes(logicalId))
        expect(feeds || properties['AlarmActions']?.length > 0, logicalId).toBe(true)
      }
    }
  })

  it('watches the replication of every cluster where there is one, and takes silence for a fault', () => {
    const alarms = stack.ofType('AWS::CloudWatch::Alarm').filter(({ logicalId }) => logicalId.startsWith('Replication'))
    expect(alarms).toHaveLength(regions.length > 1 ? clusters : 0)
    for (const { properties } of alarms) {
      expect(properties).toMatchObject({ Threshold: 1000, TreatMissingData: 'breaching' })
    }
  })

  it('tells when a password was not rotated, where a function of ours rotates them', () => {
    const functions = [...stacks].flatMap(([path, one]) =>
      path.startsWith('prod/')
        ? one.ofType('AWS::Lambda::Function').map(({ properties }) => properties['FunctionName'])
        : [],
    )
    expect(functions).toEqual(regions.length > 1 ? ['sluice-prod-rotate-passwords'] : [])
    const watched = stack
      .ofType('AWS::CloudWatch::Alarm')
      .filter(({ properties }) => properties['Namespace'] === 'AWS/Lambda')
    expect(watched.map(({ properties }) => properties['Dimensions'])).toEqual(
      functions.map((Value) => [{ Name: 'FunctionName', Value }]),
    )
    for (const { properties } of watched) expect(properties).toMatchObject({ MetricName: 'Errors', Threshold: 0 })
  })

  it('has the budget of environment.yaml once, in the primary region', () => {
    const budgets = [...stacks].flatMap(([path, one]) =>
      path.startsWith('prod/') ? one.ofType('AWS::Budgets::Budget') : [],
    )
    expect(budgets.map(({ properties }) => properties['Budget'].BudgetLimit)).toEqual([
      { Amount: state.environments['prod']?.environment.budget?.monthlyUsd, Unit: 'USD' },
    ])
  })

  it('draws a dashboard in every region', () => {
    for (const region of regions) {
      const path = region === regions[0] ? file : file.replace('.template', `.${region}.template`)
      expect(stacks.get(path)?.ofType('AWS::CloudWatch::Dashboard'), path).toHaveLength(1)
    }
  })
})
