import * as z from 'zod'

/** Why a digest may not return to an environment by itself; kept in `names.holdParameter` as JSON until a person removes it. */
export const holdSchema = z.strictObject({
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  reason: z.string(),
  at: z.iso.datetime(),
  serviceDeploymentArn: z.string(),
})
export type Hold = z.output<typeof holdSchema>

export interface Holds {
  read(environment: string, service: string): Promise<Hold | undefined>
  write(environment: string, service: string, hold: Hold): Promise<void>
}
