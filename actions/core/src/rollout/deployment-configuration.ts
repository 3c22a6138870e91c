import type { Rollout } from '../environment/rollout.ts'
import type { TaskSkeleton } from '../task-skeleton.ts'

/** Stages at which the rollout waits for an answer. The second comes again before every production step. */
export const pauseStages = ['POST_TEST_TRAFFIC_SHIFT', 'PRE_PRODUCTION_TRAFFIC_SHIFT'] as const

/** ECS's `deploymentConfiguration` (client-ecs 3.1162), the part that a rollout sets. */
export interface DeploymentConfiguration {
  readonly strategy: Rollout['strategy']
  readonly minimumHealthyPercent: number
  readonly maximumPercent: number
  readonly bakeTimeInMinutes?: number
  readonly linearConfiguration?: { readonly stepPercent: number; readonly stepBakeTimeInMinutes: number }
  readonly canaryConfiguration?: { readonly canaryPercent: number; readonly canaryBakeTimeInMinutes: number }
  readonly deploymentCircuitBreaker: {
    readonly enable: true
    readonly rollback: true
    readonly thresholdConfiguration: { readonly type: string; readonly value: number }
  }
  readonly alarms: { readonly alarmNames: readonly string[]; readonly enable: boolean; readonly rollback: boolean }
  readonly lifecycleHooks: ReadonlyArray<{
    readonly targetType: 'PAUSE'
    readonly lifecycleStages: readonly string[]
    readonly timeoutConfiguration: { readonly timeoutInMinutes: number; readonly action: 'ROLLBACK' }
  }>
}

/** What UpdateService is told. Hooks and alarms are always named, empty where there are none, so that none stay from before. */
export function deploymentConfiguration(rollout: Rollout): DeploymentConfiguration {
  return {
    strategy: rollout.strategy,
    minimumHealthyPercent: rollout.strategy === 'ROLLING' ? rollout.minimumHealthyPercent : 100,
    maximumPercent: rollout.strategy === 'ROLLING' ? rollout.maximumPercent : 200,
    ...(rollout.strategy === 'ROLLING' && rollout.bakeTime === 0 ? {} : { bakeTimeInMinutes: rollout.bakeTime }),
    ...(rollout.strategy === 'LINEAR'
      ? { linearConfiguration: { stepPercent: rollout.stepPercent, stepBakeTimeInMinutes: rollout.stepBakeTime } }
      : {}),
    ...(rollout.strategy === 'CANARY'
      ? {
          canaryConfiguration: {
            canaryPercent: rollout.canaryPercent,
            canaryBakeTimeInMinutes: rollout.canaryBakeTime,
          },
        }
      : {}),
    deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration: rollout.breaker },
    alarms: { alarmNames: rollout.alarms, enable: rollout.alarms.length > 0, rollback: rollout.alarms.length > 0 },
    lifecycleHooks:
      rollout.strategy === 'ROLLING'
        ? []
        : [
            {
              targetType: 'PAUSE',
              lifecycleStages: pauseStages,
              timeoutConfiguration: { timeoutInMinutes: rollout.pauses.timeout, action: 'ROLLBACK' },
            },
          ],
  }
}

/** The share of production traffic in percent that the new revision has while the judge compares; none where it never does. */
export function firstComparedPercent(rollout: Rollout): number | undefined {
  if (rollout.strategy === 'LINEAR') return rollout.stepPercent < 100 ? rollout.stepPercent : undefined
  if (rollout.strategy === 'CANARY') return rollout.canaryPercent < 100 ? rollout.canaryPercent : undefined
  return undefined
}

/** A service's load balancer in ECS's words. */
export interface ServiceLoadBalancer {
  readonly targetGroupArn?: string | undefined
  readonly containerName?: string | undefined
  readonly containerPort?: number | undefined
  readonly advancedConfiguration?:
    | {
        readonly alternateTargetGroupArn?: string | undefined
        readonly productionListenerRule?: string | undefined
        readonly testListenerRule?: string | undefined
        readonly roleArn?: string | undefined
      }
    | undefined
}

/**
 * The load balancers to send with UpdateService, or none when the service has them already: sending them at all starts a
 * deployment of its own, and a second UpdateService stops the first.
 */
export function loadBalancersToSend(
  rollout: Rollout,
  skeleton: TaskSkeleton,
  current: readonly ServiceLoadBalancer[],
): readonly ServiceLoadBalancer[] | undefined {
  const wanted = skeleton.loadBalancing
  if (rollout.strategy === 'ROLLING' || wanted == null) return undefined
  const advanced = current[0]?.advancedConfiguration
  const declared = new Set([current[0]?.targetGroupArn, advanced?.alternateTargetGroupArn])
  const isSame =
    current.length === 1 &&
    declared.has(wanted.targetGroupArn) &&
    declared.has(wanted.alternateTargetGroupArn) &&
    advanced?.productionListenerRule === wanted.productionListenerRule &&
    advanced.testListenerRule === wanted.testListenerRule &&
    advanced.roleArn === wanted.roleArn
  if (isSame) return undefined
  const { targetGroupArn, ...advancedConfiguration } = wanted
  return [
    {
      targetGroupArn,
      containerName: skeleton.containerName,
      containerPort: skeleton.containerPort,
      advancedConfiguration,
    },
  ]
}
