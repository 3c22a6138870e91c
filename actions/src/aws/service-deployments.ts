import {
  ContinueServiceDeploymentCommand,
  DescribeServiceDeploymentsCommand,
  ListServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
  type ECSClient,
  type ServiceDeployment as EcsServiceDeployment,
} from '@aws-sdk/client-ecs'
import type {
  DeploymentEntry,
  RevisionShare,
  ServiceDeployment,
  ServiceDeployments,
} from '@sluice/core/rollout/service-deployment'

/** ECS's service deployments. Errors that mean "somebody was quicker" are read again before they count. */
export function serviceDeployments(ecs: ECSClient): ServiceDeployments {
  const read = async (arn: string): Promise<ServiceDeployment> => {
    const { serviceDeployments: found, failures } = await ecs.send(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }),
    )
    if (!found?.[0]) {
      const reason = failures?.[0]?.reason ?? 'no reason given'
      throw new Error(`expected the service deployment ${arn}, found none (${reason}); ECS keeps them for 90 days`)
    }
    return toServiceDeployment(arn, found[0])
  }
  return {
    read,
    async list(cluster, service, createdAfter) {
      const entries: DeploymentEntry[] = []
      let nextToken: string | undefined
      do {
        const page = await ecs.send(
          new ListServiceDeploymentsCommand({ cluster, service, createdAt: { after: createdAfter }, nextToken }),
        )
        for (const { serviceDeploymentArn, targetServiceRevisionArn, status, createdAt } of page.serviceDeployments ??
          [])
          if (serviceDeploymentArn != null && targetServiceRevisionArn != null && createdAt)
            entries.push({
              arn: serviceDeploymentArn,
              revisionArn: targetServiceRevisionArn,
              status: status ?? 'PENDING',
              createdAt,
            })
        nextToken = page.nextToken
      } while (nextToken != null)
      return entries.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
    },
    async answer(arn, hookId, action) {
      try {
        await ecs.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn: arn, hookId, action }))
        return true
      } catch (error) {
        // Not idempotent: the SDK's own retry of an answer that was lost on the way back fails. Only the hook tells.
        const { hooks } = await read(arn)
        if (hooks.find((hook) => hook.hookId === hookId)?.status !== 'AWAITING_ACTION') return false
        throw new Error(`could not answer ${action} to ${hookId} of ${arn}`, { cause: error })
      }
    },
    async stop(arn) {
      try {
        await ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: arn, stopType: 'ROLLBACK' }))
      } catch (error) {
        const { status } = await read(arn)
        if (status === 'PENDING' || status === 'IN_PROGRESS')
          throw new Error(`could not stop ${arn}, which is ${status}`, { cause: error })
      }
    },
  }
}

function toServiceDeployment(arn: string, found: EcsServiceDeployment): ServiceDeployment {
  const {
    target,
    sources,
    rollback,
    alarms,
    deploymentCircuitBreaker: breaker,
  } = {
    target: found.targetServiceRevision,
    sources: found.sourceServiceRevisions ?? [],
    ...found,
  }
  return {
    arn,
    status: found.status ?? 'PENDING',
    statusReason: found.statusReason,
    lifecycleStage: found.lifecycleStage,
    createdAt: found.createdAt ?? new Date(0),
    finishedAt: found.finishedAt ?? found.stoppedAt,
    target: toShare(target ?? {}),
    sources: sources.map(toShare),
    hooks: (found.lifecycleHookDetails ?? []).map((hook) => ({
      hookId: hook.hookId ?? '',
      targetType: hook.targetType ?? '',
      status: hook.status ?? '',
      expiresAt: hook.expiresAt,
      timeoutAction: hook.timeoutAction,
    })),
    rollback: rollback && { reason: rollback.reason, revisionArn: rollback.serviceRevisionArn },
    breaker: breaker && {
      status: breaker.status ?? '',
      failureCount: breaker.failureCount ?? 0,
      threshold: breaker.threshold ?? 0,
    },
    alarms: alarms && { status: alarms.status ?? '', triggered: alarms.triggeredAlarmNames ?? [] },
  }
}

function toShare(revision: NonNullable<EcsServiceDeployment['targetServiceRevision']>): RevisionShare {
  return {
    arn: revision.arn ?? '',
    requestedTasks: revision.requestedTaskCount ?? 0,
    runningTasks: revision.runningTaskCount ?? 0,
    pendingTasks: revision.pendingTaskCount ?? 0,
    productionWeight: revision.requestedProductionTrafficWeight,
    testWeight: revision.requestedTestTrafficWeight,
  }
}
