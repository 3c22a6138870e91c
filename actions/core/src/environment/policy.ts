import * as z from 'zod'

const severity = z.enum(['low', 'medium', 'high', 'critical'])

/** `environments/policy/freeze.yaml`. Windows are half-open; deny wins over allow. */
export const freezeSchema = z.strictObject({
  windows: z.array(
    z.strictObject({
      name: z.string(),
      effect: z.enum(['allow', 'deny']),
      environments: z.array(z.string()).min(1),
      timeZone: z.string().default('UTC'),
      days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).optional(),
      from: z.string().describe('HH:MM for a weekly window, or an ISO date-time for a single one.'),
      to: z.string(),
    }),
  ),
})
export type FreezePolicy = z.output<typeof freezeSchema>

/** `environments/policy/findings.yaml`: which scanner must have run, and what its findings mean. */
export const findingsPolicySchema = z.strictObject({
  required: z.record(z.string(), z.array(z.string())).describe('Environment to the scanners that must have run.'),
  fail: z
    .strictObject({ severity: severity.default('high'), fixAvailableOnly: z.boolean().default(false) })
    .prefault({}),
  ignores: z
    .array(
      z.strictObject({
        id: z.string(),
        package: z.string().optional(),
        reason: z.string().min(10),
        owner: z.string().startsWith('@'),
        expires: z.iso.date(),
      }),
    )
    .default([]),
})
export type FindingsPolicy = z.output<typeof findingsPolicySchema>
