import * as z from 'zod'
import { durationWholeMinutes } from '../duration.ts'

/** ECS: bakeTimeInMinutes, stepBakeTimeInMinutes and canaryBakeTimeInMinutes are 0 to 1440. */
const bake = durationWholeMinutes(0, 1440)
/** ECS: percentages in steps of 0.1. */
const percent = (minimum: number) => z.number().min(minimum).max(100).multipleOf(0.1)

/** What an unanswered pause hook does. ECS: 1 to 20160 minutes; a rollout that nobody watches must end safe. */
const pauses = z
  .strictObject({
    timeout: durationWholeMinutes(1, 20_160).prefault('60m'),
    onTimeout: z.literal('ROLLBACK').default('ROLLBACK').describe('Nothing unknown counts as a pass.'),
  })
  .prefault({})

const breaker = z
  .strictObject({
    type: z.enum(['BOUNDED_PERCENT', 'UNBOUNDED_PERCENT', 'COUNT']).default('BOUNDED_PERCENT'),
    value: z.int().min(1).default(50),
  })
  .prefault({})

const common = { breaker, alarms: z.array(z.string()).default([]) }

/** How one revision replaces another: ECS's own strategies, with ECS's own limits. */
export const rolloutSchema = z.discriminatedUnion('strategy', [
  z.strictObject({
    strategy: z.literal('ROLLING'),
    minimumHealthyPercent: z.int().min(0).max(100).default(100),
    maximumPercent: z.int().min(100).max(200).default(200),
    bakeTime: bake.prefault('0m'),
    ...common,
  }),
  z.strictObject({ strategy: z.literal('BLUE_GREEN'), bakeTime: bake.prefault('10m'), pauses, ...common }),
  z.strictObject({
    strategy: z.literal('LINEAR'),
    stepPercent: percent(3).default(10),
    stepBakeTime: bake.prefault('0m').describe('0m: the judge paces the steps at the pauses.'),
    bakeTime: bake.prefault('10m'),
    pauses,
    ...common,
  }),
  z.strictObject({
    strategy: z.literal('CANARY'),
    canaryPercent: percent(0.1).default(5),
    canaryBakeTime: bake.prefault('0m'),
    bakeTime: bake.prefault('10m'),
    pauses,
    ...common,
  }),
])
export type Rollout = z.output<typeof rolloutSchema>
export type Strategy = Rollout['strategy']
