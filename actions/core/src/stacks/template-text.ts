import { createHash } from 'node:crypto'

/** How a template comes to CloudFormation: with the call, or out of a bucket that the call names. */
export type TemplateCarriage = 'call' | 'bucket'

/** CloudFormation takes a template of this size with the call itself (API reference: TemplateBody). */
const callLimitBytes = 51_200
/**
 * Out of a bucket it takes "1 MB" (API reference: TemplateURL); its refusal says "Template may not exceed 1000000 bytes in size", so
 * that is the megabyte which is meant, not 1,048,576 bytes.
 */
export const templateLimitBytes = 1_000_000

/** As UTF-8, which is how it is sent and stored. */
export const sizeOf = (template: string): number => Buffer.byteLength(template)

/** Templates that a call can hold go with it: nothing but CloudFormation is needed for them. */
export const carriageOf = (template: string): TemplateCarriage =>
  sizeOf(template) <= callLimitBytes ? 'call' : 'bucket'

/**
 * Where a template is kept in its bucket: named by what is in it, so that keeping it again changes nothing, and nobody reads another
 * one by this name.
 */
export const templateKey = (template: string): string =>
  `sluice/templates/${createHash('sha256').update(template).digest('hex')}.json`
