import { advance } from '../deployment/advance.ts'
import type { DeploymentEvent } from '../deployment/deployment-event.ts'
import { isOver, stayingRevision, type DeploymentRecord } from '../deployment/deployment-record.ts'
import type { RevisionRecord, ServiceRecord } from '../records.ts'
import { announce } from './announce.ts'

export function revisionOf(service: ServiceRecord, id: string): RevisionRecord {
  const revision = service.revisions.find((candidate) => candidate.id === id)
  if (!revision) throw new Error(`service ${service.name} has no revision ${id}`)
  return revision
}

export const deploymentId = (revision: string): string => `ecs-svc/${revision}`

/** Lets something happen to a deployment, and lets its service and revisions follow. Returns the deployment as it is then. */
export function recordEvent(
  service: ServiceRecord,
  before: DeploymentRecord,
  event: DeploymentEvent,
): DeploymentRecord {
  const after = advance(before, event)
  service.deployments = service.deployments.map((deployment) => (deployment.arn === after.arn ? after : deployment))
  if (after.status !== before.status) followStatus(service, after, event.at)
  return after
}

function followStatus(service: ServiceRecord, deployment: DeploymentRecord, at: number): void {
  const target = revisionOf(service, deployment.target)
  switch (deployment.status) {
    case 'ROLLBACK_IN_PROGRESS': {
      fail(service, target, deployment, at)
      const source = revisionOf(service, stayingRevision(deployment))
      service.primary = source.id
      source.active = true
      source.updatedAt = at
      source.rolloutState = 'IN_PROGRESS'
      source.rolloutStateReason = `ECS deployment circuit breaker: rolling back to deploymentId ${deploymentId(source.id)}.`
      announce(service, `rolling back to deployment ${deploymentId(source.id)}.`, at)
      break
    }
    case 'ROLLBACK_FAILED':
      fail(service, target, deployment, at)
      target.followsService = false
      target.desired = 0
      if (deployment.rollback) revisionOf(service, deployment.rollback.revision).followsService = true
      break
    case 'STOPPED':
      // Superseded ones leave with the next deployment; those that failed stand still.
      if (deployment.failure == null) break
      fail(service, target, deployment, at)
      target.halted = true
      break
    case 'SUCCESSFUL':
    case 'ROLLBACK_SUCCESSFUL': {
      const staying = revisionOf(service, stayingRevision(deployment))
      staying.rolloutState = 'COMPLETED'
      staying.rolloutStateReason = `ECS deployment ${deploymentId(staying.id)} completed.`
      staying.updatedAt = at
      staying.followsService = true
      announce(service, `(deployment ${deploymentId(staying.id)}) deployment completed.`, at)
      break
    }
    default:
  }
}

function fail(service: ServiceRecord, target: RevisionRecord, deployment: DeploymentRecord, at: number): void {
  if (target.rolloutState === 'FAILED') return
  target.rolloutState = 'FAILED'
  target.updatedAt = at
  const cause =
    deployment.breaker.status === 'TRIGGERED'
      ? 'tasks failed to start.'
      : deployment.alarms.status === 'TRIGGERED'
        ? 'alarm detected.'
        : (deployment.failure ?? 'stopped.')
  const detector = deployment.alarms.status === 'TRIGGERED' ? 'ECS deployment alarms' : 'ECS deployment circuit breaker'
  target.rolloutStateReason =
    deployment.breaker.status === 'TRIGGERED' || deployment.alarms.status === 'TRIGGERED'
      ? `${detector}: ${cause}`
      : `ECS deployment ${deploymentId(target.id)} failed: ${cause}`
  announce(service, `(deployment ${deploymentId(target.id)}) deployment failed: ${cause}`, at)
}

/** The deployment that is under way, the oldest first when one is being superseded. */
export function openDeployments(service: ServiceRecord): readonly DeploymentRecord[] {
  return service.deployments.filter((deployment) => !isOver(deployment))
}
