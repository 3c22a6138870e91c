import type { GoldenStack } from './stack.ts'

/** What CloudFormation says of one resource that differs from its template. */
export interface ResourceDrift {
  readonly logicalId: string
  readonly type: string
  /** `MODIFIED` or `DELETED`. */
  readonly status: string
  /** Paths of the properties that differ. */
  readonly properties: readonly string[]
}

/** Drift detection of one stack, once it has ended. */
export interface StackDrift {
  readonly stack: GoldenStack
  readonly resources: readonly ResourceDrift[]
  /** Git has the stack and the account has not. */
  readonly isMissing?: boolean
}

/** What a running service differs from git in. */
export interface ServiceDrift {
  readonly service: string
  readonly region: string
  /** Digest that git names. */
  readonly released: string
  /** Digests that tasks run; none before the first deployment. */
  readonly running: readonly string[]
  /** A rollout is in flight: what runs is about to change. */
  readonly isMoving: boolean
}

const weights = /^\/Actions\/\d+\/ForwardConfig\/TargetGroups\/\d+\/(Weight|TargetGroupArn)$/

/** What the templates name and a rollout moves by design (design: who owns what), by type. */
const moved: Readonly<Record<string, RegExp>> = {
  'AWS::ElasticLoadBalancingV2::ListenerRule': weights,
  // The template names the bare family; ECS says which of its revisions runs.
  'AWS::ECS::Service': /^\/TaskDefinition$/,
}

/**
 * What a rollout changes by design: the weights of listener rules, and which revision of its family a service runs (its digest is
 * compared with git by itself). Anything else, of these or of other types, is somebody's doing.
 */
export function isExpectedDrift({ type, status, properties }: ResourceDrift): boolean {
  const byDesign = moved[type]
  return (
    byDesign != null &&
    status === 'MODIFIED' &&
    properties.length > 0 &&
    properties.every((path) => byDesign.test(path))
  )
}

/** One line for everything that differs from git; nothing when all is as it says. */
export function describeDrift(stacks: readonly StackDrift[], services: readonly ServiceDrift[]): string[] {
  return [
    ...stacks
      .filter(({ isMissing }) => isMissing)
      .map(({ stack }) => `${stack.name} in ${stack.region}: git has the stack, and the account has not`),
    ...stacks.flatMap(({ stack, resources }) =>
      resources
        .filter((resource) => !isExpectedDrift(resource))
        .map(
          ({ logicalId, type, status, properties }) =>
            `${stack.name} in ${stack.region}: ${logicalId} (${type}) is ${status.toLowerCase()}${properties.length > 0 ? `: ${properties.join(', ')}` : ''}`,
        ),
    ),
    ...services
      .filter(({ isMoving, running, released }) => !isMoving && running.some((digest) => digest !== released))
      .map(
        ({ service, region, released, running }) =>
          `${service} in ${region}: git names ${released}, and ${[...new Set(running)].join(', ')} runs`,
      ),
  ]
}
