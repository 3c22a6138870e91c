import * as z from 'zod'
import { durationSeconds } from '../duration.ts'
import { infraSections } from './infra.ts'

export const accountId = z.string().regex(/^\d{12}$/, 'expected the 12 digits of an AWS account, in quotes')
export const regionName = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected an AWS region such as us-east-1')

const promotionSchema = z.strictObject({
  from: z.string().optional().describe('The environment a release must have run in before; none for the first.'),
  mode: z.enum(['auto', 'pull-request']).default('pull-request').describe('auto: merged by the API once checks pass.'),
  soak: durationSeconds.prefault('0s').describe('How long the release must have run in `from`.'),
  approvals: z.int().min(0).max(6).default(0).describe('Distinct people, none of them an author of the change.'),
  reviewers: z.array(z.string()).default([]).describe('GitHub users or teams that may approve.'),
  approvalTtl: durationSeconds.prefault('4h'),
  freeze: z.string().optional().describe('A file of freeze windows below environments/.'),
})
export type PromotionPolicy = z.output<typeof promotionSchema>

/** `environments/<env>/environment.yaml`: what all services of one environment share. */
export const environmentSchema = z.strictObject({
  account: accountId,
  regions: z.array(regionName).min(1).describe('The first is the primary; rollouts run as waves, last to first.'),
  imageHost: z
    .string()
    .optional()
    .describe(
      'The registry host tasks pull from; derived from the artifact account and the region. Only the local overlay sets it.',
    ),
  promotion: promotionSchema.prefault({}),
  findings: z.string().default('policy/findings.yaml').describe('The findings policy below environments/.'),
  ...infraSections,
})
export type Environment = z.output<typeof environmentSchema>
