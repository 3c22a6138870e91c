import type { DesiredState } from '@sluice/core/environment/read'
import type { Release } from '@sluice/core/environment/release'
import { releaseAsText, type EvidenceBundle } from '@sluice/core/evidence/bundle'
import type { GitHub } from '../github/clients.ts'
import { findDecision } from '../github/decisions.ts'
import { listDeployments, type DeploymentRecord } from '../github/deployments.ts'
import { findService } from '../runner/desired-state.ts'

/** What GitHub alone knows of a release on its way into an environment: the part of the evidence that decides whether it may enter. */
export interface ReleaseFacts {
  readonly facts: Pick<EvidenceBundle, 'environment' | 'to' | 'gates' | 'runs' | 'promotion'>
  /** What was recorded of the service in this environment, newest first. */
  readonly here: readonly DeploymentRecord[]
}

/** Reads the decision on the findings, and how the release fared before. Needs `statuses: read` and `deployments: read`. */
export async function readReleaseFacts(
  github: GitHub,
  state: DesiredState,
  candidate: { readonly environment: string; readonly service: string; readonly release: Release },
): Promise<ReleaseFacts> {
  const { environment, service, release } = candidate
  const { promotion } = findService(state, environment, service).environment.environment
  const { digest } = release.image
  const [decision, here, before] = await Promise.all([
    findDecision(github, { commit: release.commit, digest }, { environment, service }),
    listDeployments(github, environment, service),
    promotion.from == null ? [] : listDeployments(github, promotion.from, service),
  ])
  return {
    here,
    facts: {
      environment,
      to: releaseAsText(release),
      gates: decision ? [decision] : [],
      runs: [...before.filter(isOf(digest)).slice(0, 1), ...here.filter(isOf(digest)).slice(0, 3)].map(asRun),
      promotion: {
        ...(promotion.from == null ? {} : { from: promotion.from }),
        approvals: promotion.approvals,
        approvalTtlSeconds: promotion.approvalTtl,
        soakSeconds: promotion.soak,
      },
    },
  }
}

/** Rollouts of one digest. */
export function isOf(digest: string): (record: DeploymentRecord) => boolean {
  return ({ release }) => release.image.endsWith(`@${digest}`)
}

/** A recorded rollout, as evidence carries it. */
export function asRun({
  id,
  environment,
  outcome,
  finishedAt,
  gates,
}: DeploymentRecord): EvidenceBundle['runs'][number] {
  return { environment, deploymentId: id, outcome, finishedAt, gates }
}
