import type { DesiredState } from '@sluice/core/environment/read'
import { costChanges } from '../cost/estimate.ts'
import { priceTemplates, type CostAssumptions } from '../cost/price-environment.ts'
import type { InfraPlan } from './describe-plan.ts'
import { guardChanges } from './guard.ts'
import { templateChanges } from './template-changes.ts'

/**
 * What deploying `after` in place of `before` would change, what stands against it, and what it costs. Needs no account: `before`
 * is what git holds (the golden templates), `after` what the same files give now.
 */
export function planInfra(
  state: DesiredState,
  before: ReadonlyMap<string, object>,
  after: ReadonlyMap<string, object>,
  assumptions: CostAssumptions,
): InfraPlan {
  const stacks = templateChanges(before, after)
  const touched = new Set(stacks.map(({ file }) => file.split('/')[0]))
  const costs = Object.keys(state.environments)
    .filter((environment) => touched.has(environment))
    .map((environment) => {
      const old = priceTemplates(state, environment, before, assumptions)
      const now = priceTemplates(state, environment, after, assumptions)
      return {
        environment,
        beforeUsd: old.monthlyUsd,
        afterUsd: now.monthlyUsd,
        changes: costChanges(old, now),
      }
    })
  return { stacks, guards: guardChanges(stacks), costs }
}
