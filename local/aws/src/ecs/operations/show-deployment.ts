import type { ServiceDeployment, ServiceRevision, ServiceRevisionSummary } from '@aws-sdk/client-ecs'
import { isOver, strategyOf, type DeploymentRecord } from '../deployment/deployment-record.ts'
import type { EcsRecords, RevisionRecord, ServiceRecord } from '../records.ts'
import { revisionOf } from '../service/record-event.ts'
import { targetGroupOf } from '../service/target-groups.ts'
import { dateOf, known } from './context.ts'
import { countTasks, requestedTasks, tasksOf } from './show-service.ts'

export function clusterArn(service: ServiceRecord): string {
  return service.arn.replace(/:service\/.*$/, `:cluster/${service.cluster}`)
}

/** The fields that ListServiceDeployments and DescribeServiceDeployments share. */
export function showBrief(service: ServiceRecord, deployment: DeploymentRecord) {
  return known({
    serviceDeploymentArn: deployment.arn,
    serviceArn: service.arn,
    clusterArn: clusterArn(service),
    createdAt: new Date(deployment.createdAt),
    startedAt: dateOf(deployment.startedAt),
    finishedAt: dateOf(deployment.finishedAt),
    targetServiceRevisionArn: revisionOf(service, deployment.target).arn,
    status: deployment.status,
    statusReason: deployment.statusReason,
  })
}

export function showDeployment(
  service: ServiceRecord,
  deployment: DeploymentRecord,
  records: EcsRecords,
): ServiceDeployment {
  const { targetServiceRevisionArn: _, ...brief } = showBrief(service, deployment)
  const shifts = strategyOf(deployment) !== 'ROLLING'
  const target = revisionOf(service, deployment.target)
  const stage = deployment.plan[deployment.cursor]?.stage
  const summary = (revision: RevisionRecord, production: number, test: number): ServiceRevisionSummary => {
    const counts = countTasks(tasksOf(records, service, revision))
    return {
      arn: revision.arn,
      requestedTaskCount: requestedTasks(service, revision),
      runningTaskCount: counts.runningCount,
      pendingTaskCount: counts.pendingCount,
      ...(shifts ? { requestedProductionTrafficWeight: production, requestedTestTrafficWeight: test } : {}),
    }
  }
  const { production, test } = deployment.weights
  const serving = deployment.candidate
  return known<ServiceDeployment>({
    ...brief,
    updatedAt: new Date(deployment.updatedAt),
    stoppedAt: dateOf(deployment.stoppedAt),
    sourceServiceRevisions: deployment.sources.map((id) =>
      summary(revisionOf(service, id), id === serving ? 100 - production : 0, id === serving ? 100 - test : 0),
    ),
    targetServiceRevision: summary(target, production, test),
    // A rolling deployment reports no stage; one that is over has none either.
    lifecycleStage: (shifts && !isOver(deployment) && deployment.status !== 'PENDING'
      ? stage
      : undefined) as ServiceDeployment['lifecycleStage'],
    lifecycleHookDetails: deployment.hooks.map((hook) => ({
      hookId: hook.id,
      targetType: 'PAUSE',
      status: hook.status,
      expiresAt: new Date(hook.expiresAt),
      timeoutAction: hook.timeoutAction,
    })),
    deploymentConfiguration: deployment.configuration,
    rollback: deployment.rollback && {
      reason: deployment.rollback.reason,
      startedAt: new Date(deployment.rollback.startedAt),
      serviceRevisionArn: revisionOf(service, deployment.rollback.revision).arn,
    },
    deploymentCircuitBreaker: deployment.breaker,
    alarms: {
      status: deployment.alarms.status,
      alarmNames: [...deployment.alarms.names],
      triggeredAlarmNames: [...deployment.alarms.triggered],
    },
  })
}

export function showRevision(service: ServiceRecord, revision: RevisionRecord): ServiceRevision {
  return {
    serviceRevisionArn: revision.arn,
    serviceArn: service.arn,
    clusterArn: clusterArn(service),
    taskDefinition: revision.taskDefinition,
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    loadBalancers: [...revision.loadBalancers],
    ...(revision.networkConfiguration ? { networkConfiguration: revision.networkConfiguration } : {}),
    containerImages: revision.images,
    guardDutyEnabled: false,
    createdAt: new Date(revision.createdAt),
    resolvedConfiguration: {
      loadBalancers: revision.loadBalancers.map((balancer) =>
        known({
          targetGroupArn: targetGroupOf(balancer, revision.side),
          productionListenerRule: balancer.advancedConfiguration?.productionListenerRule,
        }),
      ),
    },
  }
}
