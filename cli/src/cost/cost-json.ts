import type { CostAssumptions, CostChange, EnvironmentCost } from '@sluice/infra/planning'

/** What `--json` prints: the answer with the date and source of everything in it. Dollars, two decimals. */
export function costJson(cost: EnvironmentCost, prices: CostAssumptions['prices']): object {
  const { documented } = cost
  return {
    profile: cost.profile,
    environment: cost.environment,
    regions: cost.regions,
    monthlyUsd: cents(cost.monthlyUsd),
    capUsd: cost.capUsd,
    withinCap: cost.monthlyUsd <= cost.capUsd,
    proposedBudgetUsd: cost.proposedBudgetUsd,
    adoptedAndNotPriced: cost.adopted,
    priceDate: prices.date,
    priceRegion: prices.region,
    rollouts: {
      hours: cost.rollouts.hours,
      usd: cents(cost.rollouts.usd),
      items: cost.rollouts.items.map((one) => ({ ...one, usd: cents(one.usd) })),
    },
    anotherServiceUsd: cents(cost.anotherService.usd),
    anotherService: cost.anotherService.changes.map(changeJson),
    documented: {
      totalUsd: documented.totalUsd,
      differenceUsd: cents(documented.differences.reduce((sum, { differenceUsd }) => sum + differenceUsd, 0)),
      differences: documented.differences.map(({ documentedUsd, computedUsd, differenceUsd, why, ...one }) => ({
        ...one,
        documentedUsd: cents(documentedUsd),
        computedUsd: cents(computedUsd),
        differenceUsd: cents(differenceUsd),
        why: why ?? null,
      })),
    },
    beyondProfile: cost.beyondProfile.map(changeJson),
    items: cost.items.map((item) => ({ ...item, monthlyUsd: cents(item.monthlyUsd) })),
  }
}

function changeJson({ item, region, beforeUsd, afterUsd }: CostChange): object {
  return { item, region, beforeUsd: cents(beforeUsd), afterUsd: cents(afterUsd), addedUsd: cents(afterUsd - beforeUsd) }
}

const cents = (value: number) => Math.round(value * 100) / 100
