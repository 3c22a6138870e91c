import type { DeploymentConfiguration, DeploymentLifecycleHook, LoadBalancer } from '@aws-sdk/client-ecs'
import { pauseStages } from '../deployment/plan.ts'
import { invalidParameter, unsupported } from './errors.ts'

/** ECS: at most ten PAUSE hooks a service. */
const mostPauseHooks = 10
const strategies = ['ROLLING', 'BLUE_GREEN', 'LINEAR', 'CANARY']

/** Refuses at once what ECS refuses at once. Throws InvalidParameterException with ECS's text where it is known. */
export function checkDeploymentConfiguration(
  configuration: DeploymentConfiguration,
  loadBalancers: readonly LoadBalancer[],
): void {
  const strategy = configuration.strategy ?? 'ROLLING'
  if (!strategies.includes(strategy)) {
    throw invalidParameter(`Invalid deployment strategy: ${strategy}. Valid values are: ${strategies.join(', ')}`)
  }
  if (configuration.earlySuccessCriteria?.enable) throw unsupported('earlySuccessCriteria')
  checkLoadBalancers(strategy, loadBalancers)
  checkNumbers(configuration)
  checkHooks(configuration.lifecycleHooks ?? [])
  const { alarms } = configuration
  if (alarms && (alarms.alarmNames == null || alarms.enable == null || alarms.rollback == null)) {
    throw invalidParameter('alarmNames, enable and rollback are all required for deployment alarms.')
  }
}

function checkLoadBalancers(strategy: string, loadBalancers: readonly LoadBalancer[]): void {
  const advanced = loadBalancers.filter(({ advancedConfiguration }) => advancedConfiguration != null)
  if (strategy !== 'ROLLING' && advanced.length === 0 && loadBalancers.length > 0) {
    throw invalidParameter(
      'advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy',
    )
  }
  if (advanced.length > 0 && advanced.length < loadBalancers.length) {
    throw invalidParameter('Either all or none of the provided loadBalancers must have advancedConfiguration defined')
  }
  const groups = loadBalancers.flatMap(({ targetGroupArn, advancedConfiguration }) =>
    [targetGroupArn, advancedConfiguration?.alternateTargetGroupArn].filter((arn) => arn != null),
  )
  const twice = groups.find((arn, index) => groups.indexOf(arn) !== index)
  if (twice != null) throw invalidParameter(`Duplicate targetGroupArn found: ${twice}`)
  for (const { advancedConfiguration } of advanced) {
    for (const field of ['productionListenerRule', 'testListenerRule'] as const) {
      const arn = advancedConfiguration?.[field]
      if (arn == null && field === 'testListenerRule') continue
      if (!/:listener(?:-rule)?\/(?:app|net)\//.test(arn ?? '')) {
        throw invalidParameter(
          `${field} has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: ${String(arn)}`,
        )
      }
    }
  }
  const production = advanced.map(({ advancedConfiguration }) => advancedConfiguration?.productionListenerRule)
  const both = advanced
    .map(({ advancedConfiguration }) => advancedConfiguration?.testListenerRule)
    .filter((rule) => rule != null && production.includes(rule))
  if (both.length > 0) {
    throw invalidParameter(
      `The following rules cannot be used as both production and test listener rules: ${both.join(', ')}`,
    )
  }
}

function checkNumbers(configuration: DeploymentConfiguration): void {
  const { linearConfiguration: linear, canaryConfiguration: canary } = configuration
  const breaker = configuration.deploymentCircuitBreaker?.thresholdConfiguration
  const limits: ReadonlyArray<readonly [string, number | undefined, number, number]> = [
    ['bakeTimeInMinutes', configuration.bakeTimeInMinutes, 0, 1440],
    ['stepPercent', linear?.stepPercent, 3, 100],
    ['stepBakeTimeInMinutes', linear?.stepBakeTimeInMinutes, 0, 1440],
    ['canaryPercent', canary?.canaryPercent, 0.1, 100],
    ['canaryBakeTimeInMinutes', canary?.canaryBakeTimeInMinutes, 0, 1440],
    ['minimumHealthyPercent', configuration.minimumHealthyPercent, 0, 200],
    ['maximumPercent', configuration.maximumPercent, 0, 200],
    ['thresholdConfiguration value', breaker?.value, 1, Number.MAX_SAFE_INTEGER],
  ]
  for (const [name, value, least, most] of limits) {
    if (value == null) continue
    const tenth = name.endsWith('Percent') && name.startsWith('step') ? 10 : name === 'canaryPercent' ? 10 : 1
    const exact = Math.abs(value * tenth - Math.round(value * tenth)) < 1e-6
    if (value < least || value > most || !exact) {
      throw invalidParameter(`Invalid value for ${name}: ${value}. It must be between ${least} and ${most}.`)
    }
  }
}

function checkHooks(hooks: readonly DeploymentLifecycleHook[]): void {
  for (const { targetType = 'AWS_LAMBDA', lifecycleStages = [], timeoutConfiguration } of hooks) {
    if (!['AWS_LAMBDA', 'PAUSE'].includes(targetType)) {
      throw invalidParameter('Invalid targetType. Valid values are: AWS_LAMBDA, PAUSE')
    }
    if (targetType === 'AWS_LAMBDA') throw unsupported('A lifecycle hook of type AWS_LAMBDA')
    const allowed = new Set<string>(pauseStages)
    if (lifecycleStages.length === 0 || lifecycleStages.some((stage) => !allowed.has(stage))) {
      throw invalidParameter('Invalid lifecycle stage provided for Pause Hook')
    }
    const minutes = timeoutConfiguration?.timeoutInMinutes ?? 1440
    if (!Number.isInteger(minutes) || minutes < 1 || minutes > 20_160) {
      throw invalidParameter(`Invalid value for timeoutInMinutes: ${minutes}. It must be between 1 and 20160.`)
    }
  }
  if (hooks.length > mostPauseHooks) {
    throw invalidParameter(`A service may have at most ${mostPauseHooks} PAUSE lifecycle hooks, found ${hooks.length}.`)
  }
}
