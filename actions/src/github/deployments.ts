import { gateResultSchema } from '@sluice/core/gate-result'
import { verdictOutcomes } from '@sluice/core/verdict'
import * as z from 'zod'
import type { GitHub } from './clients.ts'

/** What a deployment's payload says. Written once, at the end of a rollout, and never changed. */
const payloadSchema = z.object({
  version: z.literal(1),
  service: z.string(),
  release: z.object({ image: z.string(), commit: z.string(), version: z.string() }),
  outcome: z.enum(verdictOutcomes),
  reason: z.string(),
  strategy: z.string(),
  bundleSha256: z.string(),
  gates: z.array(gateResultSchema),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  /** The commit of main whose `environments/` was rolled out. */
  configuration: z.string().optional(),
})
export type DeploymentPayload = z.output<typeof payloadSchema>

/** One recorded rollout. */
export interface DeploymentRecord extends DeploymentPayload {
  readonly id: number
  readonly environment: string
}

const taskOf = (service: string): string => `deploy:${service}`

/** The recorded rollouts of a service in an environment, newest first. Deployments that others made are passed over. */
export async function listDeployments(
  { octokit, owner, repo }: GitHub,
  environment: string,
  service: string,
): Promise<DeploymentRecord[]> {
  const { data } = await octokit.rest.repos.listDeployments({
    owner,
    repo,
    environment,
    task: taskOf(service),
    per_page: 100,
  })
  return data.flatMap(({ id, payload }) => {
    const parsed = payloadSchema.safeParse(typeof payload === 'string' ? parseJson(payload) : payload)
    return parsed.success ? [{ ...parsed.data, id, environment }] : []
  })
}

/**
 * Records a rollout as a GitHub deployment with its final status. A record of the same run is found again and completed, so
 * that a step that runs twice records once.
 */
export async function recordDeployment(
  github: GitHub,
  environment: string,
  payload: DeploymentPayload,
  urls: { readonly log: string; readonly environment?: string | undefined },
): Promise<number> {
  const { octokit, owner, repo } = github
  const known = (await listDeployments(github, environment, payload.service)).find(
    ({ startedAt, bundleSha256 }) => startedAt === payload.startedAt && bundleSha256 === payload.bundleSha256,
  )
  const id = known?.id ?? (await create(github, environment, payload))
  await octokit.rest.repos.createDeploymentStatus({
    owner,
    repo,
    deployment_id: id,
    state: payload.outcome === 'pass' ? 'success' : 'failure',
    // GitHub keeps 140 characters.
    description: `${payload.outcome}: ${payload.reason}`.slice(0, 140),
    log_url: urls.log,
    ...(urls.environment == null ? {} : { environment_url: urls.environment }),
    auto_inactive: payload.outcome === 'pass',
  })
  return id
}

async function create(
  { octokit, owner, repo }: GitHub,
  environment: string,
  payload: DeploymentPayload,
): Promise<number> {
  const { data } = await octokit.rest.repos.createDeployment({
    owner,
    repo,
    ref: payload.release.commit,
    task: taskOf(payload.service),
    environment,
    description: `${payload.service} ${payload.release.version}`.slice(0, 140),
    payload: payload as unknown as Record<string, unknown>,
    auto_merge: false,
    required_contexts: [],
  })
  if (!('id' in data)) throw new Error(`expected a deployment of ${payload.release.commit}, found: ${data.message}`)
  return data.id
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
