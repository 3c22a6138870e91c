import type { Target, TargetState, WeightedTargetGroup } from './load-balancing.ts'

export interface LoadBalancer {
  readonly arn: string
  readonly name: string
  /** The value of CloudWatch's dimension: `app/<name>/<id>`. */
  readonly dimension: string
  readonly scheme: string
  readonly vpcId: string
  readonly subnets: readonly string[]
  readonly securityGroups: readonly string[]
  readonly createdAt: Date
  readonly attributes: Map<string, string>
}

/** How a target group looks after its targets. Durations in seconds of AWS's time. */
export interface HealthCheck {
  readonly enabled: boolean
  readonly path: string
  /** `traffic-port`, or a number. */
  readonly port: string
  readonly intervalSeconds: number
  readonly timeoutSeconds: number
  readonly healthyThreshold: number
  readonly unhealthyThreshold: number
  /** e.g. `200`, `200,202`, `200-299`. */
  readonly matcher: string
}

/** A target and what is known of it. */
export interface RegisteredTarget {
  readonly target: Target
  state: TargetState
  reason?: string
  description?: string
  /** Checks in a row with the same outcome. */
  passed: number
  failed: number
  inFlight: number
  /** Told when `inFlight` falls to 0 while it drains. */
  onIdle?: () => void
  /** Registered by the API, and so registered still after a restart; what ECS registers, ECS registers again. */
  readonly isKept?: boolean
  /** Settles when it has drained; there while it does. */
  draining?: Promise<void>
}

export interface TargetGroup {
  readonly arn: string
  readonly name: string
  /** The value of CloudWatch's dimension: `targetgroup/<name>/<id>`. */
  readonly dimension: string
  readonly port: number
  readonly protocol: string
  readonly protocolVersion: string
  readonly targetType: string
  readonly vpcId: string
  healthCheck: HealthCheck
  readonly attributes: Map<string, string>
  /** By id and port. */
  readonly targets: Map<string, RegisteredTarget>
  /** Where the round robin stands. */
  turn: number
}

/** One condition of a rule; all conditions must hold, one value of each suffices. */
export interface Condition {
  readonly field: 'path-pattern' | 'host-header' | 'http-header' | 'http-request-method' | 'query-string' | 'source-ip'
  /** The header's name, for `http-header`. */
  readonly name?: string
  readonly values: readonly string[]
}

export type Action =
  | {
      readonly type: 'forward'
      readonly targetGroups: readonly WeightedTargetGroup[]
      /** Seconds for which a client stays with its target group. */
      readonly stickySeconds?: number
    }
  | { readonly type: 'fixed-response'; readonly status: number; readonly contentType: string; readonly body: string }
  | {
      readonly type: 'redirect'
      readonly status: number
      readonly protocol: string
      readonly host: string
      readonly port: string
      readonly path: string
      readonly query: string
    }

export interface Rule {
  readonly arn: string
  /** 1 to 50000, or `default`. */
  priority: number | 'default'
  conditions: readonly Condition[]
  action: Action
}

export interface Listener {
  readonly arn: string
  readonly loadBalancer: LoadBalancer
  /** What the caller asked for, e.g. 80. */
  requestedPort: number
  /** Where it really listens, on 127.0.0.1. */
  port: number
  /** By priority, the default rule last. */
  rules: Rule[]
}
