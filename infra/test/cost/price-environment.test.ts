import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '@sluice/core/failure'
import { unexplained } from '../../lib/cost/documented.ts'
import { priceEnvironment, priceProfile, referenceState } from '../../lib/cost/price-environment.ts'
import { readCostAssumptions } from '../../lib/cost/read-assumptions.ts'
import { desiredState } from '../desired-state.ts'

const assumptions = await readCostAssumptions()
const state = desiredState()
const profiles = Object.keys(assumptions.profiles)
const costs = new Map(profiles.map((profile) => [profile, priceProfile(state, profile, assumptions)]))
const priced = (profile: string) => {
  const cost = costs.get(profile)
  if (!cost) throw new Error(`the usage file has no profile ${profile}`)
  return cost
}
const add = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)

describe('what the profiles cost', () => {
  it.each(profiles)('%s stays below its cap', (profile) => {
    const { monthlyUsd, capUsd } = priced(profile)
    expect(monthlyUsd).toBeGreaterThan(0)
    expect(monthlyUsd).toBeLessThanOrEqual(capUsd)
  })

  it.each(profiles)('%s: the differences to the documented figure add up to the whole of it', (profile) => {
    const { monthlyUsd, documented } = priced(profile)
    const differences = add(documented.differences.map(({ differenceUsd }) => differenceUsd))
    expect(documented.totalUsd + differences).toBeCloseTo(monthlyUsd, 6)
    expect(add(documented.differences.map(({ computedUsd }) => computedUsd))).toBeCloseTo(monthlyUsd, 6)
  })

  it.each(profiles)('%s: somebody says why of every difference (infra/prices/usage.yaml)', (profile) => {
    expect(unexplained(priced(profile).documented)).toEqual([])
  })

  it('has no difference without the items behind it', () => {
    for (const { computedUsd, computedOf } of priced('production').documented.differences) {
      expect(computedOf.length > 0).toBe(computedUsd > 0)
    }
  })

  it('does not take a difference that nobody has explained for one that is', () => {
    const { documented } = priceProfile(state, 'free', { ...assumptions, leftOut: {} })
    expect(unexplained(documented).map(({ what }) => what)).toContain('dashboard: left out')
  })

  it('adds what another service needs, item by item', () => {
    const { anotherService, items } = priced('dev')
    const tasks = add(items.filter(({ category }) => category === 'compute').map(({ monthlyUsd }) => monthlyUsd))
    expect(anotherService.usd).toBeGreaterThan(tasks)
    expect(add(anotherService.changes.map((one) => one.afterUsd - one.beforeUsd))).toBeCloseTo(anotherService.usd, 1)
  })

  it('adds what rollouts run twice, for the hours of a month that they take', () => {
    const { rollouts, items } = priced('dev')
    const doubled = items.filter(({ category, item }) => category === 'compute' || item === 'addresses of tasks')
    expect(rollouts.usd).toBeCloseTo((add(doubled.map(({ monthlyUsd }) => monthlyUsd)) / 730) * rollouts.hours, 6)
  })
})

describe('what environments cost', () => {
  it.each(Object.keys(state.environments))('%s: its profile and what it has beyond that make the sum', (name) => {
    const { monthlyUsd, documented, beyondProfile } = priceEnvironment(state, name, assumptions)
    const reference = documented.totalUsd + add(documented.differences.map(({ differenceUsd }) => differenceUsd))
    expect(reference + add(beyondProfile.map((one) => one.afterUsd - one.beforeUsd))).toBeCloseTo(monthlyUsd, 1)
  })

  it.each(Object.keys(state.environments))(
    '%s: its budget is of these numbers, above a month with rollouts and a quarter at most',
    (name) => {
      const { monthlyUsd, rollouts, capUsd, proposedBudgetUsd } = priceEnvironment(state, name, assumptions)
      const message = `sluice cost --environment ${name} proposes ${proposedBudgetUsd}`
      expect(capUsd, message).toBeGreaterThanOrEqual(monthlyUsd + rollouts.usd)
      expect(capUsd, message).toBeLessThanOrEqual((monthlyUsd + rollouts.usd) * 1.25)
    },
  )

  it('name what they adopt: it is paid for, and no template has it', () => {
    const adopt = '{ us-east-1: { cluster: shop } }'
    expect(priceEnvironment(desiredState({ dev: { adopt } }), 'dev', assumptions).adopted).toEqual([
      'cluster shop (us-east-1)',
    ])
    expect(priceEnvironment(state, 'dev', assumptions).adopted).toEqual([])
  })

  it('are held against their own budget', () => {
    const poor = desiredState({ dev: { budget: '{ monthlyUsd: 1 }' } })
    expect(priceEnvironment(poor, 'dev', assumptions)).toMatchObject({ capUsd: 1, environment: 'dev' })
  })

  it.each([
    ['a profile', () => referenceState(state, 'gigantic', assumptions)],
    ['an environment', () => priceEnvironment(state, 'nowhere', assumptions)],
  ])('says which there are when %s is unknown', (_, wrong) => {
    expect(wrong).toThrow(ConfigurationError)
    expect(wrong).toThrow(/out of .*dev/)
  })
})
