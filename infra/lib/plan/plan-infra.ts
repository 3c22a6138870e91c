import type { DesiredState } from '@sluice/core/environment/read'
import { shared } from '@sluice/core/stacks/shared'
import { costChanges, type Estimate } from '../cost/estimate.ts'
import { priceTemplates, type CostAssumptions } from '../cost/price-environment.ts'
import type { InfraPlan } from './describe-plan.ts'
import { guardChanges } from './guard.ts'
import { templateChanges } from './template-changes.ts'

const nothing: Estimate = { monthlyUsd: 0, items: [] }

/**
 * What deploying `after` in place of `before` would change, what stands against it, and what it costs. Needs no account: `before`
 * is what git holds (the golden templates), `after` what the same files give now. `former` is what `before` was made from, as far as it is
 * known: an environment that is gone has its profile nowhere else.
 */
export function planInfra(
  state: DesiredState,
  before: ReadonlyMap<string, object>,
  after: ReadonlyMap<string, object>,
  assumptions: CostAssumptions,
  former: DesiredState = state,
): InfraPlan {
  const stacks = templateChanges(before, after)
  const touched = [...new Set(stacks.map(({ file }) => file.split('/')[0] ?? ''))].filter((name) => name !== shared)
  const stateBefore = (environment: string) =>
    [former, state].find(({ environments }) => environments[environment] != null)
  const costs = touched.flatMap((environment) => {
    const then = stateBefore(environment)
    if (!then) return []
    const old = priceTemplates(then, environment, before, assumptions)
    const now = state.environments[environment] ? priceTemplates(state, environment, after, assumptions) : nothing
    return [{ environment, beforeUsd: old.monthlyUsd, afterUsd: now.monthlyUsd, changes: costChanges(old, now) }]
  })
  const unpriced = touched.filter((environment) => !stateBefore(environment))
  return { stacks, guards: guardChanges(stacks), costs, unpriced }
}
