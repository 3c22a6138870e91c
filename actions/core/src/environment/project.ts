import * as z from 'zod'
import { accountId, regionName } from './environment.ts'

const imageByDigest = z
  .string()
  .regex(/^[^/\s]+\/[^@\s]+@sha256:[0-9a-f]{64}$/, 'expected host/repository@sha256:<64 hex digits>')

const projectService = z.strictObject({
  path: z.string().describe("The service's folder: what is built."),
  image: z.string().describe('Its repository in ECR.'),
  base: imageByDigest
    .optional()
    .describe('The image that it is put on, by digest; without one a local-base, for the local account alone.'),
  owners: z.array(z.string().startsWith('@')).min(1),
})

/** `environments/project.yaml`: what all environments share. */
export const projectSchema = z.strictObject({
  github: z.strictObject({
    owner: z.string(),
    ownerId: z.int().positive().describe('Immutable OIDC subjects carry it (repositories made since 2026-07-15).'),
    repository: z.string(),
    repositoryId: z.int().positive(),
  }),
  artifacts: z.strictObject({
    account: accountId,
    region: regionName,
    host: z.string().optional().describe('The registry host builds push to. Only the local overlay sets it.'),
  }),
  collector: imageByDigest
    .optional()
    .describe('The OpenTelemetry collector that tasks of the profile global are made with, by digest.'),
  services: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), projectService),
})
export type Project = z.output<typeof projectSchema>
