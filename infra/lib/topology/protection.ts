import type { EnvironmentState } from '@sluice/core/environment/read'

/** Whether what holds data here refuses to be deleted: production by its name, and whatever pays for a production profile. */
export function isProtected({ name, environment }: EnvironmentState): boolean {
  return name === 'prod' || ['production', 'global'].includes(environment.topology.profile)
}
