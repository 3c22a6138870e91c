import { names } from '../names.ts'
import type { Environment } from './environment.ts'

/** An environment by name, with what it adopts. */
export interface NamedEnvironment {
  readonly name: string
  readonly environment: Pick<Environment, 'adopt' | 'regions'>
}

/** The ECS cluster of an environment: an adopted one (of one name in every region), or the one that infra makes. */
export function clusterName({ name, environment }: NamedEnvironment): string {
  return environment.adopt?.[environment.regions[0] ?? '']?.cluster ?? names.cluster(name)
}

/** The ECS service of a service: an adopted one, or the one that infra makes. Its task definition family is ours in both cases. */
export function ecsServiceName({ name, environment }: NamedEnvironment, service: string): string {
  return environment.adopt?.[environment.regions[0] ?? '']?.services[service]?.name ?? names.service(name, service)
}
