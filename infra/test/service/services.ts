import type { DesiredState } from '@sluice/core/environment/read'
import { rolloutSchema } from '@sluice/core/environment/rollout'
import type { Service } from '@sluice/core/environment/service'

/** prod with services beside the registry, each a copy of it in another kind. */
export function withServices(
  state: DesiredState,
  kinds: Readonly<Record<string, Service['kind']>>,
  changes: Partial<Pick<Service, 'task'>> = {},
): DesiredState {
  const { prod } = state.environments
  const registry = prod?.services['registry']
  if (!prod || !registry) throw new Error('expected environments/prod/registry.yaml')
  const rollout = rolloutSchema.parse({ strategy: 'ROLLING' })
  const services = Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [name, { ...registry, ...changes, kind, rollout, tests: [] }]),
  )
  const known = state.project.services['registry']
  if (!known) throw new Error('expected the registry in environments/project.yaml')
  return {
    ...state,
    project: {
      ...state.project,
      services: { ...state.project.services, ...Object.fromEntries(Object.keys(kinds).map((name) => [name, known])) },
    },
    environments: {
      ...state.environments,
      prod: { ...prod, services: { ...prod.services, ...services } },
    },
  }
}
