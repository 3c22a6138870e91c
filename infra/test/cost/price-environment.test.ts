import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '@sluice/core/failure'
import { priceEnvironment, referenceState } from '../../lib/cost/price-environment.ts'
import { readCostAssumptions } from '../../lib/cost/read-assumptions.ts'
import { desiredState } from '../desired-state.ts'

const assumptions = await readCostAssumptions()
const state = desiredState()
const priced = (profile: string) => priceEnvironment(referenceState(state, profile, assumptions), profile, assumptions)

describe('what the profiles cost', () => {
  it.each(Object.keys(assumptions.profiles))('%s stays below its cap', (profile) => {
    const { monthlyUsd, capUsd } = priced(profile)
    expect(monthlyUsd).toBeGreaterThan(0)
    expect(monthlyUsd).toBeLessThanOrEqual(capUsd)
  })

  it('explains every difference to the documented figure by the items behind it', () => {
    const { documented, monthlyUsd } = priced('production')
    const total = documented.differences.reduce((sum, { computedUsd }) => sum + computedUsd, 0)
    expect(total).toBeCloseTo(monthlyUsd, 6)
    for (const { computedUsd, items } of documented.differences) expect(items.length > 0).toBe(computedUsd > 0)
  })

  it('adds what another service needs, and what rollouts run twice', () => {
    const { anotherServiceUsd, rolloutsUsd, items } = priced('dev')
    const tasks = items.filter(({ category }) => category === 'compute').reduce((sum, one) => sum + one.monthlyUsd, 0)
    expect(anotherServiceUsd).toBeGreaterThan(tasks)
    expect(rolloutsUsd).toBeGreaterThan((tasks / 730) * 9)
  })

  it('holds an environment against its own budget', () => {
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
