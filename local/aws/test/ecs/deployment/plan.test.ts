import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { breakerThreshold } from '../../../src/ecs/deployment/breaker.ts'
import { lifecycleStages, planDeployment, productionShifts } from '../../../src/ecs/deployment/plan.ts'
import { ruleWeights } from '../../../src/ecs/service/target-groups.ts'

test.each([
  [{ strategy: 'BLUE_GREEN' as const }, [100]],
  [{ strategy: 'LINEAR' as const, linearConfiguration: { stepPercent: 25 } }, [25, 50, 75, 100]],
  [{ strategy: 'LINEAR' as const, linearConfiguration: { stepPercent: 30 } }, [30, 60, 90, 100]],
  [{ strategy: 'LINEAR' as const }, [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]],
  [{ strategy: 'CANARY' as const, canaryConfiguration: { canaryPercent: 0.1 } }, [0.1, 100]],
  [{ strategy: 'CANARY' as const }, [5, 100]],
])('%j shifts production to %j', (configuration, shifts) => {
  expect(productionShifts(configuration)).toEqual(shifts)
})

test('whatever the step, LINEAR rises by it and ends at 100', () => {
  fc.assert(
    fc.property(fc.integer({ min: 30, max: 1000 }), (tenths) => {
      const shifts = productionShifts({ strategy: 'LINEAR', linearConfiguration: { stepPercent: tenths / 10 } })
      expect(shifts.at(-1)).toBe(100)
      expect(shifts).toHaveLength(Math.ceil(1000 / tenths))
      for (const [index, percent] of shifts.slice(0, -1).entries()) {
        expect(percent).toBeCloseTo(((index + 1) * tenths) / 10, 5)
      }
    }),
    { seed: 20_261_122 },
  )
})

test('weights of a rule add up to a hundred percent, and are whole numbers that ELBv2 takes', () => {
  const balancer = { targetGroupArn: 'blue', advancedConfiguration: { alternateTargetGroupArn: 'green' } }
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1000 }),
      fc.constantFrom('primary' as const, 'alternate' as const),
      (tenths, side) => {
        const weights = ruleWeights(balancer, side, tenths / 10).map(({ weight }) => weight)
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(Number.isInteger(tenths / 10) ? 100 : 1000)
        for (const weight of weights) expect(Number.isInteger(weight) && weight >= 0 && weight <= 999).toBe(true)
      },
    ),
    { seed: 20_261_122 },
  )
})

test('the stages of a plan stand in the order of the lifecycle, but for the steps of the production shift', () => {
  const plan = planDeployment(
    { strategy: 'LINEAR', linearConfiguration: { stepPercent: 25 } },
    { first: false, reconcile: true },
  )
  const stages = plan.map(({ stage }) => stage)
  expect(new Set(stages)).toEqual(new Set(lifecycleStages))
  const outside = stages.filter((stage) => !/^(?:PRE_)?PRODUCTION_TRAFFIC_SHIFT$/.test(stage))
  const positions = outside.map((stage) => lifecycleStages.indexOf(stage))
  expect(positions).toEqual([...positions].sort((a, b) => a - b))
  expect(stages.filter((stage) => stage === 'PRE_PRODUCTION_TRAFFIC_SHIFT')).toHaveLength(4)
})

test.each([
  [undefined, 2, 3],
  [{ type: 'BOUNDED_PERCENT' as const, value: 50 }, 25, 13],
  [{ type: 'BOUNDED_PERCENT' as const, value: 50 }, 1000, 200],
  [{ type: 'UNBOUNDED_PERCENT' as const, value: 50 }, 2, 1],
  [{ type: 'UNBOUNDED_PERCENT' as const, value: 50 }, 1000, 500],
  [{ type: 'COUNT' as const, value: 7 }, 2, 7],
])('a breaker of %j at %i tasks opens after %i failures', (thresholdConfiguration, desired, threshold) => {
  const breaker = { enable: true, rollback: true, ...(thresholdConfiguration ? { thresholdConfiguration } : {}) }
  expect(breakerThreshold(breaker, desired)).toBe(threshold)
})
