import { clusterName, ecsServiceName } from '@sluice/core/environment/ecs-names'
import type { DesiredState, EnvironmentState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'
import { isRotatedByFunction, rotationName } from '../data/rotation-name.ts'
import { hasDistribution } from '../edge/entry.ts'
import { loadBalancingRoleName, serviceRoleNames, type ServiceRoleNames } from './service-roles.ts'
import { stackRegions } from '../topology/regions.ts'
import { shardHomes } from '../topology/shards.ts'

/** Where the roles of one environment hold. */
export interface RoleScope {
  readonly environment: string
  readonly account: string
  readonly regions: readonly string[]
  /** `regions`, and CloudFront's where the environment has a stack there. */
  readonly stackRegions: readonly string[]
  readonly services: readonly string[]
  /** The ECS cluster, and the ECS services of `services` by their names. */
  readonly cluster: string
  readonly ecsServices: Readonly<Record<string, string>>
  /** What ECS and the tasks take, one entry a region and service. */
  readonly serviceRoles: readonly ServiceRoleNames[]
  readonly loadBalancingRoles: readonly string[]
  /** Physical database clusters, by number. */
  readonly clusters: readonly number[]
  /** Releases enter here: the one environment whose plan role reads what ECR's scan found. */
  readonly isFirst: boolean
  /** Clients come through a distribution, which has firewalls before and behind it. */
  readonly hasDistribution: boolean
  /** Functions of Lambda in the environment's stacks. */
  readonly functions: readonly string[]
  readonly artifacts: { readonly account: string; readonly region: string }
  /** Repositories of the environment's services. */
  readonly images: readonly string[]
}

export function roleScope({ project }: DesiredState, state: EnvironmentState): RoleScope {
  const { name, environment, services } = state
  const served = Object.keys(services)
  return {
    environment: name,
    account: environment.account,
    regions: environment.regions,
    stackRegions: stackRegions(state),
    services: served,
    cluster: clusterName(state),
    ecsServices: Object.fromEntries(served.map((service) => [service, ecsServiceName(state, service)])),
    serviceRoles: environment.regions.flatMap((region) =>
      served.map((service) => serviceRoleNames(state, service, region)),
    ),
    loadBalancingRoles: environment.regions.map((region) => loadBalancingRoleName(state, region)),
    clusters: shardHomes(environment).map(({ cluster }) => cluster),
    isFirst: environment.promotion.from == null,
    hasDistribution: hasDistribution(state),
    functions: isRotatedByFunction(state) ? [rotationName(name)] : [],
    artifacts: project.artifacts,
    images: served.flatMap((service) => project.services[service]?.image ?? []),
  }
}

/** Kinds of ECS's resources, by the names that the Service Authorization Reference gives them. */
type EcsKind = 'container-instance' | 'service' | 'service-deployment' | 'service-revision' | 'task' | 'task-definition'

/** ARNs of an environment's ECS resources, in every region that it has. */
export function ecsArns(scope: RoleScope, ...kinds: EcsKind[]): string[] {
  const { account, regions, environment, services, cluster, ecsServices } = scope
  const pathsOf = (kind: EcsKind): string[] => {
    if (kind === 'task' || kind === 'container-instance') return [`${kind}/${cluster}/*`]
    if (kind === 'task-definition')
      return services.flatMap((service) =>
        [names.taskFamily(environment, service), names.migrateFamily(environment, service)].map(
          (family) => `task-definition/${family}:*`,
        ),
      )
    const below = kind === 'service' ? '' : '/*'
    return services.map((service) => `${kind}/${cluster}/${ecsServices[service] ?? service}${below}`)
  }
  const paths = kinds.flatMap(pathsOf)
  return regions.flatMap((region) => paths.map((path) => `arn:aws:ecs:${region}:${account}:${path}`))
}

/** ARNs of SSM parameters, by the names that infrastructure and actions share. */
export function parameterArns(
  { account, regions, environment, services }: RoleScope,
  parameterName: (environment: string, service: string) => string,
): string[] {
  return regions.flatMap((region) =>
    services.map((service) => `arn:aws:ssm:${region}:${account}:parameter${parameterName(environment, service)}`),
  )
}

export function logStreamArns({ account, regions, environment, services }: RoleScope): string[] {
  return regions.flatMap((region) =>
    services.map(
      (service) => `arn:aws:logs:${region}:${account}:log-group:${names.logGroup(environment, service)}:log-stream:*`,
    ),
  )
}

/** Repositories of the artifact account: in its own region, where builds push, and in those that ECR replicates to. */
export function repositoryArns(
  { artifacts, images }: Pick<RoleScope, 'artifacts' | 'images'>,
  regions: readonly string[] = [artifacts.region],
): string[] {
  return regions.flatMap((region) =>
    images.map((image) => `arn:aws:ecr:${region}:${artifacts.account}:repository/${image}`),
  )
}
