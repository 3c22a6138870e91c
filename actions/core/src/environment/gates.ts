import * as z from 'zod'
import { durationSeconds } from '../duration.ts'

const percentage = z
  .string()
  .regex(/^\d+(\.\d+)?%$/, 'expected a percentage such as 1%')
  .transform((text) => Number(text.slice(0, -1)) / 100)

/** An acceptance test against the test listener, before any production traffic. */
export const testSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  run: z.string().min(1).describe('Run in the checkout with BASE_URL set; exit code 0 is a pass.'),
  timeout: durationSeconds.prefault('5m'),
})
export type AcceptanceTest = z.output<typeof testSchema>

/** k6 against the new revision, and beside it the old one so that the two can be compared. */
export const loadTestSchema = z.strictObject({
  scenario: z.enum(['smoke', 'average', 'stress', 'spike', 'soak']),
  against: z
    .array(z.enum(['test', 'production']))
    .min(1)
    .default(['test']),
  duration: durationSeconds.optional().describe("Overrides the scenario's own duration."),
  rate: z.int().positive().optional().describe("Requests a second; overrides the scenario's own."),
})
export type LoadTest = z.output<typeof loadTestSchema>

export const metricNames = ['errors', 'slow', 'target-health'] as const

/** The judge's settings: one-sided e-processes on bad-event counts (research/progressive-delivery 2d). */
export const analysisSchema = z
  .strictObject({
    interval: durationSeconds.prefault('60s'),
    timeout: durationSeconds.prefault('30m'),
    alpha: z.number().gt(0).max(0.2).default(0.05).describe('The largest chance of a roll back without a cause.'),
    tolerance: z.number().min(1).default(1.2).describe('FAIL when bad events exceed this ratio to the old revision.'),
    maxRatio: z.number().gt(1).default(2).describe('PASS when the ratio is shown to be below this.'),
    ceiling: z
      .strictObject({ errors: percentage.prefault('1%'), slow: percentage.prefault('5%') })
      .prefault({})
      .describe('Absolute: below it a metric passes whatever the ratio.'),
    metrics: z
      .array(z.enum(metricNames))
      .min(1)
      .default([...metricNames]),
  })
  .refine(({ tolerance, maxRatio }) => tolerance < maxRatio, {
    path: ['maxRatio'],
    message: 'expected maxRatio to be above tolerance: between them lies what may pass',
  })
export type Analysis = z.output<typeof analysisSchema>

export const sloSchema = z.strictObject({
  availability: z.number().gt(0).lt(100).default(99.9),
  latency: z
    .strictObject({
      percent: z.number().gt(0).lt(100).default(95),
      under: z
        .string()
        .regex(/^\d+ms$/, 'expected milliseconds such as 200ms')
        .transform((text) => Number(text.slice(0, -2))),
    })
    .prefault({ under: '200ms' }),
})
export type Slo = z.output<typeof sloSchema>
