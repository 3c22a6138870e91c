import { isDeepStrictEqual } from 'node:util'

/**
 * What CloudFormation sends to `UpdateService` when a template changes a service. `changed`: the members whose properties differ
 * between the two templates. `with-task-definition`: also the task definition as the template names it. AWS documents neither
 * (research: infrastructure 2 B, ecs-rollouts 3.7); what is built on this has to hold under both.
 */
export type ServiceUpdates = 'changed' | 'with-task-definition'

/** What UpdateService takes, and what it is set to when a template no longer names it (CloudFormation: AWS::ECS::Service). */
const updatable: Readonly<Record<string, unknown>> = {
  availabilityZoneRebalancing: 'DISABLED',
  capacityProviderStrategy: undefined,
  deploymentConfiguration: undefined,
  desiredCount: undefined,
  enableECSManagedTags: false,
  enableExecuteCommand: false,
  healthCheckGracePeriodSeconds: 0,
  loadBalancers: [],
  networkConfiguration: undefined,
  placementConstraints: [],
  placementStrategy: [],
  platformVersion: 'LATEST',
  propagateTags: 'NONE',
  serviceConnectConfiguration: { enabled: false },
  serviceRegistries: [],
  taskDefinition: undefined,
}

/** Their change makes another service in place of the first. */
const replacing = ['serviceName', 'cluster', 'launchType', 'role', 'schedulingStrategy', 'deploymentController']

/**
 * The members that an update of a service sends; none when nothing that UpdateService takes has changed. Throws an `Error` for
 * what would replace the service.
 */
export function serviceChanges(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  updates: ServiceUpdates,
): Record<string, unknown> {
  const differs = (name: string) => !isDeepStrictEqual(before[name], after[name])
  const replaced = replacing.filter(differs)
  if (replaced.length > 0) {
    throw new Error(
      `a change of ${replaced.join(', ')} replaces the service, which sluice's local CloudFormation does not do`,
    )
  }
  const changed = Object.entries(updatable)
    .filter(([name]) => differs(name))
    .map(([name, otherwise]) => [name, after[name] ?? otherwise] as const)
    .filter(([, value]) => value !== undefined)
  if (changed.length === 0 || updates === 'changed') return Object.fromEntries(changed)
  return { ...Object.fromEntries(changed), taskDefinition: after['taskDefinition'] }
}
