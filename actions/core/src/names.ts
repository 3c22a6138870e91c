/**
 * The names that infrastructure and actions share. Every name carries its environment, so that environments may share an
 * account (as they do on one machine).
 */
export const names = {
  /** ECS cluster. */
  cluster: (environment: string) => `sluice-${environment}`,
  /** ECS service; the bare task definition family has the same shape. */
  service: (environment: string, service: string) => `${environment}-${service}`,
  taskFamily: (environment: string, service: string) => `${environment}-${service}`,
  /** The one-off migrations task's family. */
  migrateFamily: (environment: string, service: string) => `${environment}-${service}-migrate`,
  /** The container of the service in its task definition; side-cars have names of their own. */
  container: (service: string) => service,
  /** SSM parameter that holds the task skeleton (JSON of `TaskSkeleton`), published by infra. */
  taskSkeletonParameter: (environment: string, service: string) => `/sluice/${environment}/${service}/task-skeleton`,
  /** SSM parameter that holds a digest that was rolled back and may not return by itself. */
  holdParameter: (environment: string, service: string) => `/sluice/${environment}/${service}/hold`,
  /** Secrets Manager name of a secret that `<service>.yaml` calls `name`. */
  secret: (environment: string, name: string) => `sluice/${environment}/${name}`,
  /** Parameter Store's name of a secret that `<service>.yaml` calls by a path: `/name`. */
  secretParameter: (environment: string, path: string) => `/sluice/${environment}${path}`,
  logGroup: (environment: string, service: string) => `/sluice/${environment}/${service}`,
  loadBalancer: (environment: string) => `sluice-${environment}`,
  /** The two target groups that a service's traffic moves between. ELBv2 caps a name at 32 characters. */
  targetGroup: (environment: string, service: string, side: 'blue' | 'green') => `${environment}-${service}-${side}`,
  alarm: (environment: string, service: string, metric: string) => `sluice-${environment}-${service}-${metric}`,
  /** DynamoDB table of slots: which logical shard owns what, the same name in every region. */
  slotTable: (environment: string) => `sluice-${environment}-slots`,
  /** A physical database cluster; its members and the Global Database it belongs to are named after it. */
  databaseCluster: (environment: string, cluster: number) => `sluice-${environment}-${cluster}`,
  globalDatabase: (environment: string, cluster: number) => `sluice-${environment}-${cluster}-global`,
  /** ARC Region switch plan of the primary and one other region; ARC caps a name at 32 characters. */
  regionSwitchPlan: (environment: string, region: string) => `sluice-${environment}-${region}`,
  /** The step of a Region switch plan that gives another region the writer of a physical cluster. */
  databaseStep: (cluster: number) => `database-${cluster}`,
  /** ElastiCache replication group, or serverless cache, of a region. */
  cache: (environment: string) => `sluice-${environment}`,
  /** Buckets have one namespace in all of AWS, hence account and region. */
  artifactBucket: (environment: string, account: string, region: string) =>
    `sluice-${environment}-artifacts-${account}-${region}`,
  /** Alias of a KMS key: an environment has one for each purpose in every region. */
  keyAlias: (environment: string, purpose: 'logs' | 'data' | 'artifacts' | 'edge') =>
    `alias/sluice-${environment}-${purpose}`,
  topic: (environment: string) => `sluice-${environment}`,
  /** IAM roles that workflows assume by web identity. */
  role: {
    build: () => 'sluice-build',
    plan: (environment: string) => `sluice-plan-${environment}`,
    deploy: (environment: string) => `sluice-deploy-${environment}`,
    rollout: (environment: string) => `sluice-rollout-${environment}`,
    rollBack: (environment: string) => `sluice-roll-back-${environment}`,
    drift: (environment: string) => `sluice-drift-${environment}`,
    recovery: (environment: string) => `sluice-recovery-${environment}`,
    infra: (environment: string) => `sluice-infra-${environment}`,
    /** Taken by ARC, not by a workflow: what a Region switch plan does its steps with. */
    regionSwitch: (environment: string) => `sluice-region-switch-${environment}`,
  },
  /** Managed policies of an account: what its roles may do at most, and what CloudFormation may do for a stack. */
  policy: {
    boundary: () => 'sluice-boundary',
    execution: (part: string) => `sluice-execution-${part}`,
  },
  /**
   * GitHub environments: `<env>` and `<env>-recovery` are reviewed; `<env>-rollout` and `<env>-roll-back` are main only, without
   * reviewers.
   */
  githubEnvironment: {
    reviewed: (environment: string) => environment,
    rollout: (environment: string) => `${environment}-rollout`,
    rollBack: (environment: string) => `${environment}-roll-back`,
    recovery: (environment: string) => `${environment}-recovery`,
  },
  /** CloudFormation stacks, in infra and in `local/aws` alike. */
  stack: (environment: string, part: string) => `sluice-${environment}-${part}`,
} as const

/** The ARN of one of `names.role`. */
export function roleArn(account: string, roleName: string): string {
  return `arn:aws:iam::${account}:role/${roleName}`
}

/** The ARN of one of `names.policy`. */
export function policyArn(account: string, policyName: string): string {
  return `arn:aws:iam::${account}:policy/${policyName}`
}

/** The host that ECR's images are pulled from. */
export function imageHost(account: string, region: string): string {
  return `${account}.dkr.ecr.${region}.amazonaws.com`
}
