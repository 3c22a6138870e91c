import * as z from 'zod'
import { verdictOutcomes } from './verdict.ts'

/** What a gate (tests, load test, findings) hands to the job that decides. One file or output a gate. */
export const gateResultSchema = z.strictObject({
  gate: z.string(),
  outcome: z.enum(verdictOutcomes),
  reason: z.string(),
  /** Measured numbers, by name. */
  figures: z.record(z.string(), z.number()).default({}),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
})
export type GateResult = z.output<typeof gateResultSchema>
