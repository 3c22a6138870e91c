import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'

/**
 * The lifecycle stages of a service deployment in order. The SDK's enum of stages omits PRE_PRODUCTION_TRAFFIC_SHIFT,
 * its documentation lists it: clients must read stages as open strings.
 */
export const lifecycleStages = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
  'CLEAN_UP',
] as const
export type LifecycleStage = (typeof lifecycleStages)[number]

/** Where a PAUSE hook may stand: the two shifts are run again during a roll back, so ECS bans it there. */
export const pauseStages = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'POST_SCALE_UP',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
] as const satisfies readonly LifecycleStage[]

/** One step of a deployment. Percentages are of the target revision; the source revision has the rest. */
export type Step =
  /** Brings production back to the last revision that succeeded, when a superseded deployment left several active. */
  | { readonly kind: 'reconcile'; readonly stage: 'RECONCILE_SERVICE' }
  | { readonly kind: 'check-rules'; readonly stage: 'PRE_SCALE_UP' }
  | { readonly kind: 'hooks'; readonly stage: LifecycleStage }
  | { readonly kind: 'scale-up'; readonly stage: 'SCALE_UP' }
  | { readonly kind: 'shift-test'; readonly stage: 'TEST_TRAFFIC_SHIFT'; readonly percent: number }
  | { readonly kind: 'shift-production'; readonly stage: 'PRODUCTION_TRAFFIC_SHIFT'; readonly percent: number }
  | { readonly kind: 'bake'; readonly stage: 'PRODUCTION_TRAFFIC_SHIFT' | 'BAKE_TIME'; readonly minutes: number }
  /** Drains and stops every revision but the one that stays. */
  | { readonly kind: 'clean-up'; readonly stage: 'CLEAN_UP' }
  /** ROLLING: starts the staying revision's tasks and stops the others' within the two percentages. */
  | { readonly kind: 'replace'; readonly stage: 'SCALE_UP' }
  /** Rolling back: the source can take traffic. */
  | { readonly kind: 'restore-source'; readonly stage: 'PRODUCTION_TRAFFIC_SHIFT' }

/** ECS: bake of a rolling deployment with alarms when none is given is "less than 5 minutes". */
const rollingAlarmBakeMinutes = 5

/** What the target revision gets of production, shift by shift: LINEAR 25 % is 25, 50, 75, 100. */
export function productionShifts(configuration: DeploymentConfiguration): readonly number[] {
  switch (configuration.strategy) {
    case 'LINEAR': {
      const step = configuration.linearConfiguration?.stepPercent ?? 10
      const shifts: number[] = []
      for (let index = 1; index * step < 100 - 1e-9; index++) shifts.push(Math.round(index * step * 10) / 10)
      return [...shifts, 100]
    }
    case 'CANARY': {
      const canary = configuration.canaryConfiguration?.canaryPercent ?? 5
      return canary < 100 ? [canary, 100] : [100]
    }
    case 'BLUE_GREEN':
    case 'ROLLING':
    case undefined:
    default:
      return [100]
  }
}

/** Minutes that production stays at a shift below 100 %. */
function shiftBakeMinutes(configuration: DeploymentConfiguration): number {
  return configuration.strategy === 'CANARY'
    ? (configuration.canaryConfiguration?.canaryBakeTimeInMinutes ?? 10)
    : (configuration.linearConfiguration?.stepBakeTimeInMinutes ?? 6)
}

/**
 * The steps of a deployment.
 * @param facts `first`: there is no source revision, so production goes over at once, as nothing could carry the rest;
 * `reconcile`: more than one revision was active at the start.
 */
export function planDeployment(
  configuration: DeploymentConfiguration,
  facts: { readonly first: boolean; readonly reconcile: boolean },
): readonly Step[] {
  const hooks = (stage: LifecycleStage): Step => ({ kind: 'hooks', stage })
  const reconcile: Step[] = facts.reconcile
    ? [hooks('RECONCILE_SERVICE'), { kind: 'reconcile', stage: 'RECONCILE_SERVICE' }]
    : []
  if ((configuration.strategy ?? 'ROLLING') === 'ROLLING') {
    const minutes = configuration.bakeTimeInMinutes ?? (configuration.alarms?.enable ? rollingAlarmBakeMinutes : 0)
    return [
      ...reconcile,
      hooks('PRE_SCALE_UP'),
      { kind: 'replace', stage: 'SCALE_UP' },
      hooks('POST_SCALE_UP'),
      { kind: 'bake', stage: 'BAKE_TIME', minutes },
    ]
  }
  const shifts = facts.first ? [100] : productionShifts(configuration)
  return [
    ...reconcile,
    { kind: 'check-rules', stage: 'PRE_SCALE_UP' },
    hooks('PRE_SCALE_UP'),
    { kind: 'scale-up', stage: 'SCALE_UP' },
    hooks('POST_SCALE_UP'),
    { kind: 'shift-test', stage: 'TEST_TRAFFIC_SHIFT', percent: 100 },
    hooks('POST_TEST_TRAFFIC_SHIFT'),
    ...shifts.flatMap((percent): Step[] => [
      hooks('PRE_PRODUCTION_TRAFFIC_SHIFT'),
      { kind: 'shift-production', stage: 'PRODUCTION_TRAFFIC_SHIFT', percent },
      ...(percent < 100
        ? [{ kind: 'bake', stage: 'PRODUCTION_TRAFFIC_SHIFT', minutes: shiftBakeMinutes(configuration) } as const]
        : []),
    ]),
    hooks('POST_PRODUCTION_TRAFFIC_SHIFT'),
    { kind: 'bake', stage: 'BAKE_TIME', minutes: configuration.bakeTimeInMinutes ?? 0 },
    { kind: 'clean-up', stage: 'CLEAN_UP' },
  ]
}

/**
 * The steps back: traffic first, the failed revision's tasks after. What a superseded deployment left is put right first
 * when the deployment had not come that far.
 */
export function planRollback(configuration: DeploymentConfiguration, untaken: readonly Step[]): readonly Step[] {
  const reconcile = untaken.filter(({ kind }) => kind === 'reconcile')
  if ((configuration.strategy ?? 'ROLLING') === 'ROLLING') {
    return [...reconcile, { kind: 'replace', stage: 'SCALE_UP' }]
  }
  return [
    ...reconcile,
    { kind: 'restore-source', stage: 'PRODUCTION_TRAFFIC_SHIFT' },
    { kind: 'shift-production', stage: 'PRODUCTION_TRAFFIC_SHIFT', percent: 0 },
    { kind: 'shift-test', stage: 'TEST_TRAFFIC_SHIFT', percent: 0 },
    { kind: 'clean-up', stage: 'CLEAN_UP' },
  ]
}
