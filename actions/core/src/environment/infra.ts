import * as z from 'zod'
import { adoptSchema } from './adopt.ts'

/** Profiles: what the environment may cost and how much of everything it gets (research/infrastructure 6). */
export const profileNames = ['free', 'dev', 'production', 'global'] as const

const topology = z.strictObject({
  profile: z.enum(profileNames),
  logicalShards: z.literal(8).default(8).describe('Fixed in the shard map; moving one is a change of that map.'),
  physicalClusters: z.literal([1, 2, 4, 8]).default(1),
})

/** Networks of known size: at most 65,536 addresses, so that nobody opens the test listener to the world by a slip. */
const testerNetwork = z
  .cidrv4()
  .refine((block) => Number(block.split('/')[1]) >= 16, 'expected a network of /16 or smaller, such as 203.0.113.0/24')

const certificate = z
  .string()
  .regex(
    /^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
    'expected the ARN of a certificate in ACM, such as arn:aws:acm:us-east-1:222222222222:certificate/…',
  )

const edge = z.strictObject({
  testers: z
    .array(testerNetwork)
    .default([])
    .describe('Who reaches the test listener: the public addresses of the runners that test a new revision.'),
  domain: z.string().optional().describe('Services answer at <service>.<domain>; every certificate covers *.<domain>.'),
  hostedZoneId: z.string().optional().describe('The public zone of Route 53 that holds the domain.'),
  certificateArn: certificate
    .optional()
    .describe('Without one, listeners speak HTTP: the local overlay and first days.'),
  certificateArns: z
    .array(certificate)
    .default([])
    .describe(
      'One for every further region, and one in us-east-1 for the distribution: their ARNs say where they are.',
    ),
})

const budget = z.strictObject({ monthlyUsd: z.number().positive() })

/** The infrastructure's sections of `environment.yaml`. */
export const infraSections = {
  topology: topology.prefault({ profile: 'dev' }),
  edge: edge.prefault({}),
  budget: budget.optional(),
  adopt: adoptSchema.optional(),
}
