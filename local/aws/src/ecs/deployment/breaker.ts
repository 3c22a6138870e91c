import type { DeploymentCircuitBreaker } from '@aws-sdk/client-ecs'

/**
 * How many task failures end a deployment. ECS: percentages are of the service's latest desired count, rounded up;
 * BOUNDED_PERCENT is held between 3 and 200; the default is BOUNDED_PERCENT 50.
 */
export function breakerThreshold(breaker: DeploymentCircuitBreaker | undefined, desiredCount: number): number {
  const { type = 'BOUNDED_PERCENT', value = 50 } = breaker?.thresholdConfiguration ?? {}
  if (type === 'COUNT') return Math.max(1, value)
  const failures = Math.ceil((value * desiredCount) / 100)
  return type === 'BOUNDED_PERCENT' ? Math.min(200, Math.max(3, failures)) : Math.max(1, failures)
}
