import * as z from 'zod'
import { imageReference } from '../image-reference.ts'

/** The release that an environment runs. Only a promotion or a roll back changes these lines. */
export const releaseSchema = z.strictObject({
  image: imageReference.describe('repository@sha256:<digest>. Tags are refused.'),
  commit: z
    .string()
    .regex(/^[0-9a-f]{40}$/, 'expected the 40 hex digits of a commit')
    .describe('The commit that the image was built from.'),
  version: z
    .string()
    .regex(/^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.-]+)?$/, 'expected a semantic version')
    .describe("The service's version."),
})
/** A set of artefacts and the commit they were built from, moving together (Kargo: Freight). */
export type Release = z.output<typeof releaseSchema>
