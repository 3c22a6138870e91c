/** What was asked for and found, or why nothing is known of it. */
export type Looked<Found> = { readonly found: Found } | { readonly reason: string }

export interface ClusterFact {
  readonly name: string
  readonly status: string
  readonly capacityProviders: readonly string[]
}

export interface ServiceFact {
  readonly name: string
  readonly status: string
  /** `ECS`, `CODE_DEPLOY` or `EXTERNAL`. */
  readonly controller: string
  readonly scheduling: string
  /** Launch type, or the capacity providers in its place. */
  readonly runsOn: readonly string[]
  readonly networkMode: string
  readonly subnets: readonly string[]
  readonly securityGroups: readonly string[]
  readonly hasPublicAddress: boolean
  readonly containers: readonly string[]
  readonly targets: ReadonlyArray<{ readonly targetGroup: string; readonly container: string; readonly port: number }>
  /** The CloudFormation stack that has it, by its tag. */
  readonly stack: string | undefined
}

export interface TargetGroupFact {
  readonly arn: string
  readonly targetType: string
  readonly loadBalancers: readonly string[]
}

export interface RuleFact {
  readonly arn: string
  /** None for the default. */
  readonly priority: number | undefined
  readonly targetGroups: readonly string[]
}

export interface ListenerFact {
  readonly arn: string
  readonly port: number
  readonly protocol: string
  readonly rules: readonly RuleFact[]
}

export interface LoadBalancerFact {
  readonly arn: string
  readonly type: string
  readonly dnsName: string
  readonly hostedZoneId: string
  readonly vpcId: string
  readonly subnets: readonly string[]
  readonly securityGroups: readonly string[]
  readonly listeners: readonly ListenerFact[]
}

/** Where the default route of a subnet leads. */
export type WayOut = 'internet' | 'nat' | 'none'

export interface NetworkFact {
  readonly vpcId: string
  readonly subnets: ReadonlyArray<{ readonly id: string; readonly zone: string; readonly wayOut: WayOut }>
}

/** What was read of an account in one region. Things that nobody asked for are absent. */
export interface AccountFacts {
  readonly cluster?: Looked<ClusterFact>
  /** By the service's name in `environments/`. */
  readonly services: Readonly<Record<string, Looked<ServiceFact>>>
  readonly targetGroups: Readonly<Record<string, TargetGroupFact>>
  readonly loadBalancer?: Looked<LoadBalancerFact>
  readonly network?: Looked<NetworkFact>
}
