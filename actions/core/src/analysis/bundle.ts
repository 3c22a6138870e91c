import * as z from 'zod'
import { metricNames } from '../environment/gates.ts'
import { ConfigurationError } from '../failure.ts'
import { gateResultSchema } from '../gate-result.ts'
import { rolloutHandleSchema } from '../rollout/handle.ts'
import { verdictOutcomes } from '../verdict.ts'
import { judge } from './judge.ts'
import type { AnalysisVerdict } from './metric-verdict.ts'
import { measurementSchema, type Measurement } from './measurement.ts'

const settingsSchema = z.strictObject({
  alpha: z.number(),
  tolerance: z.number(),
  maxRatio: z.number(),
  ceiling: z.strictObject({ errors: z.number(), slow: z.number() }),
  metrics: z.array(z.enum(metricNames)),
})

const lookSchema = z.strictObject({
  at: z.iso.datetime(),
  stage: z.string(),
  productionWeight: z.number(),
  /** What the look was for: a decision at a pause, or a watch that can only fail. */
  purpose: z.enum(['step', 'watch']),
  passFrom: z.iso.datetime(),
  /** Measurements that are new or have changed since the look before: late data counts as it was known then. */
  measurements: z.array(measurementSchema),
  outcome: z.enum(verdictOutcomes),
  reason: z.string(),
})

const timelineSchema = z.strictObject({
  at: z.iso.datetime(),
  phase: z.string(),
  stage: z.string(),
  productionWeight: z.number(),
  tasks: z.string(),
})

const stepSchema = z.strictObject({
  at: z.iso.datetime(),
  stage: z.string(),
  productionWeight: z.number(),
  action: z.enum(['CONTINUE', 'ROLLBACK']),
  seconds: z.number(),
  outcome: z.enum(verdictOutcomes),
  reason: z.string(),
})
/** How one pause was answered: at which share of production traffic, after how long, and why. */
export type StepAnswer = z.output<typeof stepSchema>

/** Everything that a verdict rests on; `sluice judge replay` turns it into the same verdict without any cloud. */
export const analysisBundleSchema = z.strictObject({
  version: z.literal(1),
  handle: rolloutHandleSchema,
  settings: settingsSchema,
  gates: z.array(gateResultSchema),
  looks: z.array(lookSchema),
  /** How the pauses were answered. */
  steps: z.array(stepSchema),
  /** Every change of stage, weight and tasks that was seen. */
  timeline: z.array(timelineSchema),
  outcome: z.enum(verdictOutcomes),
  reason: z.string(),
})
export type AnalysisBundle = z.output<typeof analysisBundleSchema>
export type Look = z.output<typeof lookSchema>

/** Reads a bundle; `path` is only what the error is named after. Throws a `ConfigurationError` that says what is wrong. */
export function parseAnalysisBundle(json: unknown, path: string): AnalysisBundle {
  const result = analysisBundleSchema.safeParse(json)
  if (result.success) return result.data
  throw new ConfigurationError(`${path} is no judge's bundle: ${z.prettifyError(result.error)}`)
}

/** A look as it was recorded, and as the judge decides it again. */
export interface ReplayedLook {
  readonly recorded: Look
  readonly verdict: AnalysisVerdict
  readonly isSame: boolean
}

/** Judges every look of a bundle again from its counts. */
export function replay(bundle: AnalysisBundle): readonly ReplayedLook[] {
  let measurements: readonly Measurement[] = []
  return bundle.looks.map((recorded) => {
    measurements = mergeMeasurements(measurements, recorded.measurements)
    const window = { failFrom: new Date(bundle.handle.startedAt), passFrom: new Date(recorded.passFrom) }
    const verdict = judge(measurements, bundle.settings, window)
    return {
      recorded,
      verdict,
      isSame: verdict.outcome === recorded.outcome && verdict.reason === recorded.reason,
    }
  })
}

/** Later readings of a period replace earlier ones: CloudWatch counts arrive late. */
export function mergeMeasurements(
  earlier: readonly Measurement[],
  later: readonly Measurement[],
): readonly Measurement[] {
  const byStart = new Map([...earlier, ...later].map((measurement) => [measurement.start, measurement]))
  return [...byStart.values()].sort((a, b) => a.start.localeCompare(b.start))
}

/** The readings of `now` that `before` has not, or has otherwise. */
export function changedMeasurements(
  before: readonly Measurement[],
  now: readonly Measurement[],
): readonly Measurement[] {
  const known = new Map(before.map((measurement) => [measurement.start, JSON.stringify(measurement)]))
  return now.filter((measurement) => known.get(measurement.start) !== JSON.stringify(measurement))
}
