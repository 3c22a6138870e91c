import { newIds, type Arns } from '../arns.ts'
import { openDeployments, deploymentId, recordEvent, revisionOf } from './record-event.ts'
import { planDeployment } from '../deployment/plan.ts'
import type { DeploymentRecord } from '../deployment/deployment-record.ts'
import type { RevisionRecord, ServiceRecord, TaskDefinitionRecord } from '../records.ts'
import { chooseSide } from './target-groups.ts'

/** ECS keeps service deployments for 90 days; here the last hundred of a service are kept. */
const deploymentsKept = 100

/**
 * Starts a service deployment of what the service now says: a new revision that becomes PRIMARY, and a deployment that
 * supersedes whatever was under way. The scheduler does the rest.
 */
export function beginDeployment(
  service: ServiceRecord,
  taskDefinition: TaskDefinitionRecord['definition'],
  arns: Arns,
  at: number,
): DeploymentRecord {
  const candidate = lastGood(service)
  for (const open of openDeployments(service)) {
    if (open.status !== 'STOP_REQUESTED') recordEvent(service, open, { type: 'superseded', at })
  }
  // The one that is returned to stands first.
  const sources = service.revisions
    .filter(({ active }) => active)
    .sort((a, b) => Number(b.id === candidate?.id) - Number(a.id === candidate?.id))
  const revision = newRevision(service, taskDefinition, candidate, arns, at)
  service.revisions.push(revision)
  service.primary = revision.id
  const configuration = structuredClone(service.deploymentConfiguration)
  const deployment: DeploymentRecord = {
    arn: arns.serviceDeployment(service.cluster, service.name, newIds.deployment()),
    configuration,
    target: revision.id,
    sources: sources.map(({ id }) => id),
    ...(candidate ? { candidate: candidate.id } : {}),
    status: 'PENDING',
    createdAt: at,
    updatedAt: at,
    plan: planDeployment(configuration, {
      first: candidate == null,
      reconcile: sources.length > 1 || staleSources(sources, candidate),
    }),
    cursor: 0,
    weights: { production: 0, test: 0 },
    hooks: [],
    breaker: { status: 'DISABLED', failureCount: 0, threshold: 0 },
    alarms: { status: 'DISABLED', names: configuration.alarms?.alarmNames ?? [], triggered: [] },
  }
  service.deployments = [...service.deployments, deployment].slice(-deploymentsKept)
  return deployment
}

/** What is active is not what was last good: a first deployment that failed or was superseded. */
function staleSources(sources: readonly RevisionRecord[], candidate: RevisionRecord | undefined): boolean {
  return sources.some(({ id }) => id !== candidate?.id)
}

/** The revision that the last deployment that ended well left in place. */
function lastGood(service: ServiceRecord): RevisionRecord | undefined {
  const last = service.deployments.findLast(({ status }) => status === 'SUCCESSFUL' || status === 'ROLLBACK_SUCCESSFUL')
  return last ? revisionOf(service, last.rollback?.revision ?? last.target) : undefined
}

function newRevision(
  service: ServiceRecord,
  definition: TaskDefinitionRecord['definition'],
  serving: RevisionRecord | undefined,
  arns: Arns,
  at: number,
): RevisionRecord {
  const id = newIds.revision(at)
  return {
    id,
    arn: arns.serviceRevision(service.cluster, service.name, id),
    createdAt: at,
    taskDefinition: definition.taskDefinitionArn ?? '',
    loadBalancers: structuredClone(service.loadBalancers),
    ...(service.networkConfiguration ? { networkConfiguration: structuredClone(service.networkConfiguration) } : {}),
    side: chooseSide(service.deploymentConfiguration.strategy ?? 'ROLLING', service.loadBalancers, serving),
    images: (definition.containerDefinitions ?? []).map(({ name = '', image = '' }) => ({
      containerName: name,
      image,
    })),
    desired: 0,
    followsService: false,
    active: true,
    updatedAt: at,
    failedTasks: 0,
    failuresInARow: 0,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${deploymentId(id)} in progress.`,
  }
}
