import * as z from 'zod'

const time = z.object({
  seconds: z.number().nullable(),
  objectiveSeconds: z.number().positive(),
  phases: z.array(z.object({ name: z.string(), seconds: z.number().nullable() })),
})

/** What `sluice rto ENVIRONMENT --json` says, as far as a drill is measured against it. Seconds; `null` has no bound. */
export const expectedRecovery = z.object({
  environment: z.string(),
  read: time,
  write: time,
  recoveryPoint: z.object({ objectiveSeconds: z.number().positive() }),
})
export type ExpectedRecovery = z.output<typeof expectedRecovery>

/** Phases before anything is started: a drill begins after them, an emergency does not. */
export const beforeStart = ['notice', 'decide']

export function secondsBeforeStart({ write }: ExpectedRecovery): number {
  return write.phases
    .filter(({ name }) => beforeStart.includes(name))
    .reduce((sum, { seconds }) => sum + (seconds ?? 0), 0)
}
