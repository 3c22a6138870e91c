import type { EnvironmentState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'

/** The roles that ECS and the tasks of a service take, in one region. */
export interface ServiceRoleNames {
  /** Pulls the image, reads the secrets, writes the logs. */
  readonly execution: string
  /** The workload's own. */
  readonly task: string
}

/**
 * Service stacks are regional and IAM is not: each region has roles of its own, which reach nothing in another one, and beyond the
 * primary region the names say which. IAM takes 64 characters of a role's name.
 */
export function serviceRoleNames(environment: Placed, service: string, region: string): ServiceRoleNames {
  const own = names.service(environment.name, service)
  const place = placeOf(environment, region)
  return { execution: `${own}-execution${place}`, task: `${own}-task${place}` }
}

/** The role with which ECS moves traffic; all services of a region share it. */
export function loadBalancingRoleName(environment: Placed, region: string): string {
  return `sluice-${environment.name}-load-balancing${placeOf(environment, region)}`
}

type Placed = Pick<EnvironmentState, 'name' | 'environment'>

const placeOf = ({ environment }: Placed, region: string): string =>
  region === environment.regions[0] ? '' : `-${region}`
