import type { Deployment, Service } from '@aws-sdk/client-ecs'
import type { DeploymentRecord } from '../deployment/deployment-record.ts'
import type { EcsRecords, RevisionRecord, ServiceRecord, TaskRecord } from '../records.ts'
import { deploymentId } from '../service/record-event.ts'

const pendingStatuses = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING'])

/** How many tasks run and how many are about to. */
export function countTasks(tasks: readonly TaskRecord[]) {
  return {
    runningCount: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
    pendingCount: tasks.filter(({ lastStatus }) => pendingStatuses.has(lastStatus)).length,
  }
}

export function tasksOf(records: EcsRecords, service: ServiceRecord, revision?: RevisionRecord): readonly TaskRecord[] {
  return Object.values(records.tasks).filter(
    (task) => task.service === service.arn && (revision == null || task.revision === revision.id),
  )
}

/** What is asked of a revision: the PRIMARY is to have all tasks, however many of them may run already. */
export function requestedTasks(service: ServiceRecord, revision: RevisionRecord): number {
  const coming = revision.id === service.primary && revision.rolloutState !== 'FAILED'
  return coming || revision.followsService ? service.desiredCount : revision.desired
}

/**
 * A service as DescribeServices shows it: `deployments` has the PRIMARY first and every revision that still has tasks.
 * @param seen The service deployments that reads know of already.
 */
export function showService(service: ServiceRecord, records: EcsRecords, seen: readonly DeploymentRecord[]): Service {
  const inactive = service.status === 'INACTIVE'
  const shownRevisions = service.revisions
    .filter(({ active, id }) => active || id === service.primary)
    .sort((a, b) => Number(b.id === service.primary) - Number(a.id === service.primary) || b.createdAt - a.createdAt)
  const revisions = inactive ? [] : shownRevisions
  const primary = service.revisions.find(({ id }) => id === service.primary)
  const launchType = (service.passive['launchType'] ?? 'FARGATE') as 'FARGATE'
  return {
    ...(service.passive as Partial<Service>),
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.arn.replace(/:service\/.*$/, `:cluster/${service.cluster}`),
    status: service.status,
    desiredCount: service.desiredCount,
    ...countTasks(tasksOf(records, service)),
    launchType,
    platformVersion: (service.passive['platformVersion'] ?? 'LATEST') as string,
    platformFamily: 'Linux',
    ...(primary ? { taskDefinition: primary.taskDefinition } : {}),
    deploymentConfiguration: service.deploymentConfiguration,
    deploymentController: { type: 'ECS' },
    schedulingStrategy: 'REPLICA',
    loadBalancers: [...service.loadBalancers],
    ...(service.networkConfiguration ? { networkConfiguration: service.networkConfiguration } : {}),
    healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds,
    deployments: revisions.map((revision) => showDeployment(revision, service, records)),
    currentServiceRevisions: revisions.map((revision) => {
      const counts = countTasks(tasksOf(records, service, revision))
      return {
        arn: revision.arn,
        requestedTaskCount: requestedTasks(service, revision),
        runningTaskCount: counts.runningCount,
        pendingTaskCount: counts.pendingCount,
      }
    }),
    ...(seen.length === 0 ? {} : { currentServiceDeployment: seen.at(-1)?.arn }),
    events: service.events.map(({ id, createdAt, message }) => ({ id, createdAt: new Date(createdAt), message })),
    createdAt: new Date(service.createdAt),
    createdBy: service.createdBy,
  }
}

function showDeployment(revision: RevisionRecord, service: ServiceRecord, records: EcsRecords): Deployment {
  return {
    id: deploymentId(revision.id),
    status: revision.id === service.primary ? 'PRIMARY' : 'ACTIVE',
    taskDefinition: revision.taskDefinition,
    desiredCount: requestedTasks(service, revision),
    ...countTasks(tasksOf(records, service, revision)),
    failedTasks: revision.failedTasks,
    createdAt: new Date(revision.createdAt),
    updatedAt: new Date(revision.updatedAt),
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    ...(revision.networkConfiguration ? { networkConfiguration: revision.networkConfiguration } : {}),
    rolloutState: revision.rolloutState,
    rolloutStateReason: revision.rolloutStateReason,
  }
}
