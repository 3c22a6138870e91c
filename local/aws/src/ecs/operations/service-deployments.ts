import type {
  ContinueServiceDeploymentRequest,
  DescribeServiceDeploymentsRequest,
  DescribeServiceRevisionsRequest,
  ListServiceDeploymentsRequest,
  StopServiceDeploymentRequest,
} from '@aws-sdk/client-ecs'
import { isOver, type DeploymentRecord } from '../deployment/deployment-record.ts'
import type { ServiceRecord } from '../records.ts'
import { recordEvent } from '../service/record-event.ts'
import { findService, page, seenDeployments, timeOf, type EcsContext } from './context.ts'
import { clientError, conflict, deploymentNotFound, invalidParameter, unsupported } from './errors.ts'
import { showBrief, showDeployment, showRevision } from './show-deployment.ts'

/** DescribeServiceDeployments and DescribeServiceRevisions take at most 20 ARNs. */
const mostArns = 20

export function serviceDeploymentOperations(context: EcsContext) {
  const { records, clock } = context

  function find(arn: string | undefined): { service: ServiceRecord; deployment: DeploymentRecord } {
    for (const service of Object.values(records.services)) {
      const deployment = service.deployments.find((candidate) => candidate.arn === arn)
      if (deployment) return { service, deployment }
    }
    throw deploymentNotFound()
  }

  function all<T>(arns: readonly string[] | undefined, show: (arn: string) => T | undefined) {
    const asked = arns ?? []
    if (asked.length === 0) throw invalidParameter('At least one ARN is required.')
    if (asked.length > mostArns) throw invalidParameter(`At most ${mostArns} ARNs can be described in one call.`)
    const found = asked.map((arn) => ({ arn, shown: show(arn) }))
    return {
      shown: found.flatMap(({ shown }) => (shown == null ? [] : [shown])),
      failures: found.filter(({ shown }) => shown == null).map(({ arn }) => ({ arn, reason: 'MISSING' })),
    }
  }

  return {
    ListServiceDeployments(request: ListServiceDeploymentsRequest) {
      const service = findService(context, request.cluster, request.service ?? '')
      const { before, after } = request.createdAt ?? {}
      const found = seenDeployments(context, service)
        .filter(({ status }) => (request.status ?? []).length === 0 || request.status?.includes(status))
        .filter(({ createdAt }) => before == null || createdAt < timeOf(before))
        .filter(({ createdAt }) => after == null || createdAt >= timeOf(after))
        .reverse()
      const { items, ...rest } = page(found, request, 20)
      return { serviceDeployments: items.map((deployment) => showBrief(service, deployment)), ...rest }
    },
    DescribeServiceDeployments(request: DescribeServiceDeploymentsRequest) {
      const { shown, failures } = all(request.serviceDeploymentArns, (arn) => {
        for (const service of Object.values(records.services)) {
          const deployment = service.deployments.find((candidate) => candidate.arn === arn)
          if (deployment) return showDeployment(service, deployment, records)
        }
        return undefined
      })
      return { serviceDeployments: shown, failures }
    },
    DescribeServiceRevisions(request: DescribeServiceRevisionsRequest) {
      const { shown, failures } = all(request.serviceRevisionArns, (arn) => {
        for (const service of Object.values(records.services)) {
          const revision = service.revisions.find((candidate) => candidate.arn === arn)
          if (revision) return showRevision(service, revision)
        }
        return undefined
      })
      return { serviceRevisions: shown, failures }
    },
    ContinueServiceDeployment(request: ContinueServiceDeploymentRequest) {
      const { service, deployment } = find(request.serviceDeploymentArn)
      const { hookId = '', action = 'CONTINUE' } = request
      if (!/^ecs-[a-z_]+-[A-Za-z0-9_-]+$/.test(hookId)) {
        throw invalidParameter('Invalid hookId: hookId must follow the format: ecs-{hookType}-{id}')
      }
      if (action !== 'CONTINUE' && action !== 'ROLLBACK') {
        throw invalidParameter('Invalid action. Valid values are: CONTINUE, ROLLBACK')
      }
      if (isOver(deployment)) {
        throw clientError('Continuing a service deployment is not allowed for service deployment in terminal states.')
      }
      const hook = deployment.hooks.find(({ id }) => id === hookId)
      if (hook?.status !== 'AWAITING_ACTION' || deployment.status !== 'IN_PROGRESS') {
        throw invalidParameter(
          'Provided hookId is either completed, unavailable, or not associated with the given Resource ARN',
        )
      }
      recordEvent(service, deployment, { type: 'hookAnswered', at: clock.now().getTime(), hookId, action })
      context.changed()
      return { serviceDeploymentArn: deployment.arn }
    },
    StopServiceDeployment({ serviceDeploymentArn, stopType = 'ROLLBACK' }: StopServiceDeploymentRequest) {
      const { service, deployment } = find(serviceDeploymentArn)
      if (stopType !== 'ROLLBACK') throw unsupported(`The stop type ${stopType}`)
      switch (deployment.status) {
        case 'PENDING':
        case 'IN_PROGRESS':
          recordEvent(service, deployment, { type: 'rollbackRequested', at: clock.now().getTime() })
          break
        case 'ROLLBACK_REQUESTED':
        case 'ROLLBACK_IN_PROGRESS':
          // It rolls back already, and goes on.
          break
        default:
          throw conflict(`The service deployment cannot be stopped because it is in the ${deployment.status} state.`)
      }
      context.changed()
      return { serviceDeploymentArn: deployment.arn }
    },
  }
}
