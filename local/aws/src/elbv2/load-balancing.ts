/** One target: where a task listens. */
export interface Target {
  readonly id: string
  readonly host: string
  readonly port: number
}

export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unused'

export interface TargetHealth {
  readonly target: Target
  readonly state: TargetState
  /** AWS's reason code, e.g. `Elb.InitialHealthChecking`, `Target.ResponseCodeMismatch`. */
  readonly reason?: string
  /** In AWS's words, e.g. `Health checks failed with these codes: [500]`. */
  readonly description?: string
}

export interface WeightedTargetGroup {
  readonly targetGroupArn: string
  readonly weight: number
}

/** What ECS does to load balancers, in process. The API of ELBv2 stands on the same state. */
export interface LoadBalancing {
  register(targetGroupArn: string, target: Target): void
  /** Takes no new requests from now on; resolves when in-flight requests ended or the deregistration delay is over. */
  deregister(targetGroupArn: string, targetId: string): Promise<void>
  health(targetGroupArn: string): readonly TargetHealth[]
  /** The weighted target groups of a listener rule (or of a default rule). Throws AwsError RuleNotFound. */
  weights(ruleArn: string): readonly WeightedTargetGroup[]
  /** Sets the rule to a weighted forward over these groups, at once for new requests. */
  setWeights(ruleArn: string, weights: readonly WeightedTargetGroup[]): void
}
