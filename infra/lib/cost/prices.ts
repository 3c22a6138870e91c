import * as z from 'zod'
import { parse } from 'yaml'
import { ConfigurationError } from '@sluice/core/failure'

const priceSchema = z
  .strictObject({
    usd: z.number().nonnegative(),
    unit: z.string().min(1),
    source: z.url().describe("AWS's page with the price."),
    priceList: z.string().optional().describe("Service code and usage type in AWS's bulk price list."),
    confidence: z.enum(['confirmed', 'from-memory']),
    checked: z.iso.date().optional().describe('The day on which a confirmed price was found as it stands.'),
    note: z.string().optional(),
  })
  .refine(({ confidence, checked }) => (confidence === 'confirmed') === (checked != null), {
    error: 'expected "checked" with confirmed prices, and with those alone',
  })
const priceFileSchema = z.strictObject({
  region: z.string(),
  currency: z.literal('USD'),
  date: z.iso.date(),
  about: z.string(),
  prices: z.record(z.string(), priceSchema),
})

/** One list price: US dollars a unit, and where it stands. */
export type Price = z.output<typeof priceSchema>
/** Dated list prices of one region. */
export type PriceFile = z.output<typeof priceFileSchema>

const amount = z.number().nonnegative()
const usageSchema = z.strictObject({
  lcus: amount.describe('Load balancer capacity units in use, on average.'),
  natGb: amount,
  endpointGb: amount,
  averageAcu: amount.describe('Aurora capacity units of an instance, on average.'),
  databaseGb: amount.describe('Stored in a cluster.'),
  databaseMillionRequests: amount,
  cacheGb: amount,
  cacheMillionEcpu: amount,
  taskLogGb: amount.describe('Logged by a service.'),
  otherLogGb: amount.describe('Written to any other log group.'),
  millionRequests: amount,
  cdnGb: amount,
  artifactGb: amount,
  imageGb: amount,
  replicatedGb: amount.describe('Copied from one region to another.'),
  rolloutHours: amount.describe('Hours of a month in which a rollout keeps both sides running.'),
})
const categories = [
  'compute',
  'load balancing',
  'addresses',
  'NAT',
  'endpoints',
  'database',
  'cache',
  'edge',
  'DNS',
  'keys and secrets',
  'monitoring',
  'storage',
  'transfer',
  'recovery',
] as const
const documentedLineSchema = z.strictObject({
  of: z.string().describe('What the line of the figure was made of.'),
  usd: amount,
  counts: z.array(z.string()).describe('The items of an estimate that are the same thing.'),
  why: z.string().optional().describe('Why the estimate counts something else than the line.'),
})
const profileUsageSchema = z.strictObject({
  reference: z.strictObject({
    services: z.string(),
    regions: z.array(z.string()).min(1),
    physicalClusters: z.literal([1, 2, 4, 8]),
    edge: z.boolean().default(false).describe('Names, certificates, and so the distribution of the profile.'),
  }),
  capUsd: z.number().positive(),
  documented: z.strictObject({
    totalUsd: z.number().positive(),
    note: z.string().describe('What the figure has beyond its lines, or they beyond it.'),
    lines: z.array(documentedLineSchema),
  }),
  usage: usageSchema,
})
const usageFileSchema = z.strictObject({
  leftOut: z.record(z.string(), z.string()).describe('Items that no line of a figure counts, and why they are there.'),
  profiles: z.record(z.string(), profileUsageSchema),
})

export type Category = (typeof categories)[number]
/** What passes through an environment in a month. */
export type Usage = z.output<typeof usageSchema>
/** What a profile is assumed to use, may cost, and was said to cost. */
export type ProfileUsage = z.output<typeof profileUsageSchema>
/** The usage of all profiles, with the reasons of what they have beyond their documented figures. */
export type UsageFile = z.output<typeof usageFileSchema>

/** Reads a price file. Throws a `ConfigurationError` with everything that is wrong with it. */
export function parsePrices(text: string, file: string): PriceFile {
  return check(priceFileSchema, JSON.parse(text), file)
}

/** Reads the usage file. Throws a `ConfigurationError` with everything that is wrong with it. */
export function parseUsage(text: string, file: string): UsageFile {
  return check(usageFileSchema, parse(text, { merge: true }), file)
}

function check<Schema extends z.ZodType>(schema: Schema, value: unknown, file: string): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new ConfigurationError(
    result.error.issues.map(({ path, message }) => ({ message: `${path.join('.')}: ${message}`, location: { file } })),
  )
}
