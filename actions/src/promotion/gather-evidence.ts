import { GetParameterCommand } from '@aws-sdk/client-ssm'
import type { Json } from '@sluice/core/canonical-json'
import { pullHost } from '@sluice/core/environment/pull-host'
import type { DesiredState } from '@sluice/core/environment/read'
import type { Release } from '@sluice/core/environment/release'
import type { Service } from '@sluice/core/environment/service'
import type { EvidenceBundle } from '@sluice/core/evidence/bundle'
import { listJsonChanges, type JsonChange } from '@sluice/core/evidence/json-changes'
import { assessRisk } from '@sluice/core/evidence/risk'
import { parseImageReference } from '@sluice/core/image-reference'
import { names } from '@sluice/core/names'
import { configurationPaths, configurationSince } from '@sluice/core/promotion/configuration'
import { describeHold } from '@sluice/core/promotion/eligibility'
import { renderTaskDefinitions } from '@sluice/core/rollout/task-definition'
import { taskSkeletonSchema } from '@sluice/core/task-skeleton'
import type { AwsClients } from '../aws/clients.ts'
import { readRunningRelease, type RunningRelease } from '../aws/running-release.ts'
import { readReleaseChange } from '../github/changes.ts'
import { readConfigurationChange } from '../github/configuration.ts'
import type { GitHub } from '../github/clients.ts'
import { artifactRegistry, readImageLabels } from '../registry/artifact-registry.ts'
import { findService } from '../runner/desired-state.ts'
import { readReleaseFacts } from './release-facts.ts'

/** What is planned, and the sides that are asked about it. */
export interface EvidenceRequest {
  readonly state: DesiredState
  readonly environment: string
  readonly service: string
  readonly release: Release
  readonly reason?: string | undefined
  readonly github: GitHub
  /** May describe the environment's primary region. */
  readonly aws: AwsClients
  /** May read the artifacts' registry. */
  readonly artifacts: AwsClients
  readonly now: Date
}

/** The bundle, and what is known beside it. */
export interface Evidence {
  readonly bundle: EvidenceBundle
  /** The same image with the same task definition runs already. */
  readonly unchanged: boolean
}

/** Asks AWS and GitHub what an approver has to know. Reads, and changes nothing. */
export async function gatherEvidence(request: EvidenceRequest): Promise<Evidence> {
  const { state, environment, service, release, github, now } = request
  const { environment: place, service: desired } = findService(state, environment, service)
  const { regions } = place.environment
  const running = await readRunning(request)
  const [change, { facts, here }] = await Promise.all([
    readReleaseChange(github, running?.commit, release.commit),
    readReleaseFacts(github, state, { environment, service, release }),
  ])
  const since = configurationSince(running, here)
  const head = process.env['GITHUB_SHA'] ?? release.commit
  const paths = configurationPaths(environment, service)
  const configuration = await readConfigurationChange(github, { since, head, paths })
  const changes = await compareDefinitions(request, { ...desired, release }, running)
  const from = running && { image: running.image, commit: running.commit ?? '', version: running.version ?? '' }
  return {
    unchanged: running?.image === facts.to.image && changes.length === 0,
    bundle: {
      ...facts,
      version: 1,
      service,
      ...(from ? { from } : {}),
      strategy: desired.rollout.strategy,
      regions,
      rollout: desired.rollout,
      taskDefinition: { ...(running ? { running: running.taskDefinitionArn } : {}), changes },
      change: { commits: [...change.commits], complete: change.complete, files: [...change.files] },
      configuration: {
        ...(since == null ? {} : { since }),
        commits: [...configuration.commits],
        complete: configuration.complete,
      },
      risk: toMutable(
        assessRisk({
          commits: change.commits.length,
          commitsComplete: change.complete && configuration.complete,
          changedFiles: change.files,
          taskDefinitionChanges: changes,
          migration: desired.migrate?.phase,
          isFirst: running == null,
          isBackwards: change.isBackwards,
          heldReason: describeHold(facts),
          strategy: desired.rollout.strategy,
        }),
      ),
      ...(request.reason == null ? {} : { reason: request.reason }),
      createdAt: now.toISOString(),
    },
  }
}

function toMutable(risk: ReturnType<typeof assessRisk>): EvidenceBundle['risk'] {
  return { level: risk.level, reasons: [...risk.reasons] }
}

/** What runs, with the commit from the image's own labels where the task definition does not say (the first revision). */
async function readRunning(request: EvidenceRequest): Promise<RunningRelease | undefined> {
  const { environment } = findService(request.state, request.environment, request.service)
  const running = await readRunningRelease(request.aws.ecs, environment, request.service)
  if (!running || running.commit != null) return running
  const { repository, digest } = parseImageReference(running.image)
  const registry = await artifactRegistry(request.state.project, request.artifacts.ecr)
  if ((await registry.findManifest(repository, digest)) == null) return running
  const labels = await readImageLabels(registry, repository, digest)
  const commit = labels['org.opencontainers.image.revision']
  const version = labels['org.opencontainers.image.version']
  return { ...running, ...(commit == null ? {} : { commit }), ...(version == null ? {} : { version }) }
}

async function compareDefinitions(
  { aws, environment, service: name, state }: EvidenceRequest,
  service: Service,
  running: RunningRelease | undefined,
): Promise<JsonChange[]> {
  const parameter = names.taskSkeletonParameter(environment, name)
  const { Parameter } = await aws.ssm.send(new GetParameterCommand({ Name: parameter }))
  const skeleton = taskSkeletonSchema.parse(JSON.parse(Parameter?.Value ?? 'null'))
  const place = findService(state, environment, name).environment.environment
  const host = pullHost(state.project, place, aws.region)
  const { cpu, memory, executionRoleArn, taskRoleArn, containerDefinitions } = renderTaskDefinitions(
    environment,
    name,
    service,
    skeleton,
    host,
  ).service
  const wanted = { cpu, memory, executionRoleArn, taskRoleArn, containerDefinitions } as unknown as Json
  return listJsonChanges(onlyKeysOf(running?.definition ?? {}, wanted), wanted)
}

/** ECS fills what a definition leaves open with defaults and empty lists; only what we set is compared. */
function onlyKeysOf(value: Json | undefined, shape: Json): Json | undefined {
  if (Array.isArray(value) && Array.isArray(shape)) {
    return value.map((item: Json, index) => onlyKeysOf(item, (shape as readonly Json[])[index] ?? item) ?? null)
  }
  if (!isRecord(value) || !isRecord(shape)) return value
  const keys = Object.keys(value).filter((key) => key in shape)
  return Object.fromEntries(keys.map((key) => [key, onlyKeysOf(value[key], shape[key] ?? null)]))
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json | undefined } {
  return value != null && typeof value === 'object' && !Array.isArray(value)
}
