import * as z from 'zod'

const whole = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum)
const flag = z.enum(['true', 'false']).transform((value) => value === 'true')
const optionalText = z.string().optional()

const databaseUrls = optionalText.transform((value, context) => {
  const urls = (value ?? '')
    .split(',')
    .map((url) => url.trim())
    .filter(Boolean)
  for (const url of urls) {
    if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) {
      // The value may hold a password: it is never repeated.
      context.addIssue({
        code: 'custom',
        message: 'expected PostgreSQL URLs, comma separated; one is not a postgresql:// URL',
      })
    }
  }
  return urls
})

/** Every environment variable that the registry reads: README.md has the table. */
const environmentSchema = z.object({
  PORT: whole(0, 65_535).default(4873),
  HOST: optionalText,
  DATABASE_URLS: databaseUrls,
  REGISTRY_DATA: optionalText,
  LOGICAL_SHARDS: whole(1, 4096).default(8),
  SLOT_TABLE: optionalText,
  DYNAMODB_ENDPOINT: z.url().optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  ARTIFACTS: z
    .string()
    .regex(
      /^(s3:\/\/[a-z0-9.-]{3,63}(\/.*)?|file:\/\/\/.+|\/.+)$/,
      'expected s3://bucket/prefix or a folder by its full path',
    )
    .optional(),
  REDIS_CLUSTER: flag.default(false),
  S3_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  ARTIFACTS_REDIRECT: flag.default(false),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  TRUSTED_PROXIES: whole(0, 10).default(0),
  REGISTRY_ADMIN_PASSWORD: z.string().min(12, 'expected at least 12 characters').optional(),
  REGISTRY_SIGNING_KEY: optionalText,
  REGISTRY_ANONYMOUS_READ: flag.default(true),
  REGISTRY_SELF_REGISTRATION: z.enum(['closed', 'own-scope', 'publish']).default('closed'),
  MAX_TARBALL_BYTES: whole(1024, 1024 ** 3).default(64 * 1024 * 1024),
  MAX_UNPACKED_BYTES: whole(1024, 8 * 1024 ** 3).default(512 * 1024 * 1024),
  MAX_MANIFEST_BYTES: whole(1024, 64 * 1024 ** 2).default(1024 * 1024),
  MAX_VERSIONS: whole(1, 1_000_000).default(5000),
  REQUESTS_PER_CLIENT: whole(0, 10_000_000).default(0),
  REQUESTS_PER_TOKEN: whole(0, 10_000_000).default(0),
  CACHE_BYTES: whole(0, 16 * 1024 ** 3).default(64 * 1024 * 1024),
  DRAIN_GRACE_MS: whole(0, 25_000).default(1500),
  OTEL_EXPORTER_OTLP_ENDPOINT: optionalText,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: optionalText,
  OTEL_SERVICE_NAME: z.string().default('registry'),
  ADVISORIES: optionalText,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  SLUICE_RELEASE_VERSION: z.string().default('development'),
  SLUICE_RELEASE_COMMIT: z.string().default('unknown'),
})
export type Config = z.output<typeof environmentSchema>

/** The names of all of them. */
export const variableNames: readonly string[] = Object.keys(environmentSchema.shape)

/** What is said and would be passed over without a word. */
const consistentSchema = environmentSchema.superRefine((config, context) => {
  const needs = (name: keyof Config, isThere: boolean, needed: string) => {
    if (!isThere)
      context.addIssue({ code: 'custom', path: [name], message: `expected ${needed} beside it, found none` })
  }
  const isBucket = config.ARTIFACTS?.startsWith('s3://') === true
  needs('ARTIFACTS_REDIRECT', !config.ARTIFACTS_REDIRECT || isBucket, 'ARTIFACTS=s3://...')
  needs('S3_ENDPOINT', config.S3_ENDPOINT === undefined || isBucket, 'ARTIFACTS=s3://...')
  needs('REDIS_CLUSTER', !config.REDIS_CLUSTER || config.REDIS_URL !== undefined, 'REDIS_URL')
})

/**
 * Reads the configuration from environment variables.
 *
 * @throws Error that names every variable that is wrong, what was expected of it, and never its value.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  // A template's empty value stands for a variable that is not set. Where a place has no cache, how to speak to it means nothing.
  const hasNoCache = environment['REDIS_URL'] === ''
  const stated = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => value !== '' && !(hasNoCache && name === 'REDIS_CLUSTER')),
  )
  const result = consistentSchema.safeParse(stated)
  if (result.success) return result.data
  const lines = result.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`)
  throw new Error(`the environment variables are not usable:\n${lines.join('\n')}`)
}
