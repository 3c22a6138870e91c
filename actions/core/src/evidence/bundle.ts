import * as z from 'zod'
import { sha256OfJson, type Json } from '../canonical-json.ts'
import { formatImageReference } from '../image-reference.ts'
import { gateResultSchema } from '../gate-result.ts'
import type { Release } from '../environment/release.ts'
import { changeCommitSchema } from './person.ts'
import { riskLevels } from './risk.ts'

const releaseText = z.strictObject({ image: z.string(), commit: z.string(), version: z.string() })

/** `z.json()`, with lists that nobody changes. */
const json = z.json() as unknown as z.ZodType<Json>

/** How the release fared in an environment before. */
const runSchema = z.strictObject({
  environment: z.string(),
  deploymentId: z.int(),
  outcome: z.enum(['pass', 'fail', 'inconclusive']),
  /** When it was recorded: soak counts from here. */
  finishedAt: z.iso.datetime(),
  gates: z.array(gateResultSchema),
})

/**
 * Everything that an approval says yes to. The approval is bound to the SHA-256 of its canonical JSON: whatever changes
 * afterwards needs a new one.
 */
export const evidenceBundleSchema = z.strictObject({
  version: z.literal(1),
  environment: z.string(),
  service: z.string(),
  /** What runs there now; absent when nothing does. */
  from: releaseText.optional(),
  to: releaseText,
  strategy: z.string(),
  regions: z.array(z.string()).min(1),
  /** The service's rollout settings, as they are in git. */
  rollout: json,
  taskDefinition: z.strictObject({
    running: z.string().optional(),
    changes: z.array(z.strictObject({ path: z.string(), from: json.optional(), to: json.optional() })),
  }),
  change: z.strictObject({
    commits: z.array(changeCommitSchema),
    /** All commits between the two releases are listed. */
    complete: z.boolean(),
    files: z.array(z.string()),
  }),
  /** Who changed what the rollout is configured by, since the last that passed; absent in bundles of before it was read. */
  configuration: z
    .strictObject({
      /** The commit since which it counts; absent when all of the history is new. */
      since: z.string().optional(),
      commits: z.array(changeCommitSchema),
      complete: z.boolean(),
    })
    .optional(),
  /** The decision on the findings, and the gates of the environment before. */
  gates: z.array(gateResultSchema),
  runs: z.array(runSchema),
  risk: z.strictObject({ level: z.enum(riskLevels), reasons: z.array(z.string()) }),
  promotion: z.strictObject({
    from: z.string().optional(),
    approvals: z.int(),
    approvalTtlSeconds: z.int(),
    soakSeconds: z.int(),
    pullRequest: z.int().optional(),
  }),
  reason: z.string().optional(),
  createdAt: z.iso.datetime(),
})
export type EvidenceBundle = z.output<typeof evidenceBundleSchema>

/** The hash that an approval is bound to, in lower-case hex. */
export function bundleSha256(bundle: EvidenceBundle): string {
  return sha256OfJson(bundle)
}

/** A release with its image as text, as JSON carries it. */
export function releaseAsText(release: Release): z.output<typeof releaseText> {
  return { ...release, image: formatImageReference(release.image) }
}
