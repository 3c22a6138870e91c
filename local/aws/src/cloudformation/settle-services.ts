import { setTimeout as sleep } from 'node:timers/promises'
import type { Invoke } from './resource-type.ts'
import type { StackResource } from './stack-record.ts'

interface ServiceView {
  readonly deployments: readonly { readonly status: string; readonly rolloutState: string }[]
}

interface DeploymentView {
  readonly serviceDeploymentArn: string
  readonly createdAt: Date
  readonly status: string
  readonly statusReason?: string
}

const pollMilliseconds = 250

/**
 * Waits for the service deployments that a stack caused since `since`. Throws an `Error` when one did not succeed, as CloudFormation
 * does, and the reason of `signal` when that is aborted.
 */
export async function settleServices(
  invoke: Invoke,
  resources: readonly StackResource[],
  since: Date,
  signal: AbortSignal,
): Promise<void> {
  for (const { type, ref, properties } of resources) {
    if (type !== 'AWS::ECS::Service') continue
    const cluster = String(properties?.['Cluster'] ?? 'default')
    for (;;) {
      const { services } = await invoke<{ services: ServiceView[] }>('ecs', 'DescribeServices', {
        cluster,
        services: [ref],
      })
      const primary = services[0]?.deployments.find(({ status }) => status === 'PRIMARY')
      if (primary?.rolloutState !== 'IN_PROGRESS') break
      await sleep(pollMilliseconds, undefined, { signal })
    }
    const { serviceDeployments } = await invoke<{ serviceDeployments: DeploymentView[] }>(
      'ecs',
      'ListServiceDeployments',
      {
        cluster,
        service: ref,
      },
    )
    const caused = serviceDeployments.find(({ createdAt }) => createdAt >= since)
    if (caused && caused.status !== 'SUCCESSFUL') {
      const { serviceDeploymentArn: arn, status, statusReason = 'no reason given' } = caused
      throw new Error(`${arn} ended ${status}: ${statusReason}`)
    }
  }
}
