import { ConfigurationError, type Problem } from '@sluice/core/failure'
import { freeTypes } from './free-types.ts'
import type { Category, PriceFile } from './prices.ts'
import { rates } from './rates.ts'
import type { RateContext } from './rates/terms.ts'
import type { Charge, TemplateResource } from './resources.ts'

/** One line of an estimate: how much of what, at which price, a month. */
export interface CostItem {
  readonly item: string
  readonly category: Category
  readonly region: string
  /** How many resources it stands for. */
  readonly resources: number
  readonly quantity: number
  readonly unit: string
  readonly unitUsd: number
  readonly monthlyUsd: number
  readonly source: string
  /** Service code and usage type in AWS's bulk price list, where they are known. */
  readonly priceList: string | undefined
  readonly confidence: 'confirmed' | 'from-memory'
  /** The day of a confirmed price, `YYYY-MM-DD`. */
  readonly checked: string | undefined
  /** Whether a rollout runs it twice. */
  readonly isDoubledByRollout: boolean
}

export interface Estimate {
  readonly monthlyUsd: number
  /** The dearest first. */
  readonly items: readonly CostItem[]
}

/**
 * Prices resources by type. Throws a `ConfigurationError` that names every type which has neither a rate nor a place among the free
 * ones, and every price that the file lacks: nothing is priced at zero because nobody thought of it.
 */
export function estimate(
  resources: readonly TemplateResource[],
  { prices }: PriceFile,
  context: RateContext,
): Estimate {
  const problems = new Map<string, Problem>()
  const items = new Map<string, CostItem>()
  for (const resource of resources) {
    const rate = rates[resource.type]
    if (!rate) {
      if (!freeTypes.has(resource.type)) problems.set(resource.type, unknownType(resource))
      continue
    }
    for (const charge of rate(resource, context)) {
      const price = prices[charge.price]
      const share = charge.share == null ? undefined : prices[charge.share]
      if (!price || (charge.share != null && !share)) {
        problems.set(charge.price, unknownPrice(charge, resource))
        continue
      }
      if (charge.quantity === 0) continue
      const unitUsd = price.usd * (share?.usd ?? 1)
      const monthlyUsd = unitUsd * charge.quantity
      const key = [charge.category, charge.item, charge.price, resource.region].join('|')
      const before = items.get(key)
      items.set(key, {
        item: charge.item,
        category: charge.category,
        region: resource.region,
        resources: (before?.resources ?? 0) + 1,
        quantity: (before?.quantity ?? 0) + charge.quantity,
        unit: price.unit,
        unitUsd,
        monthlyUsd: (before?.monthlyUsd ?? 0) + monthlyUsd,
        source: price.source,
        priceList: price.priceList,
        confidence: price.confidence,
        checked: price.checked,
        isDoubledByRollout: charge.isDoubledByRollout ?? false,
      })
    }
  }
  if (problems.size > 0) throw new ConfigurationError([...problems.values()])
  const sorted = [...items.values()].sort((a, b) => b.monthlyUsd - a.monthlyUsd || (a.item < b.item ? -1 : 1))
  return { monthlyUsd: sum(sorted.map(({ monthlyUsd }) => monthlyUsd)), items: sorted }
}

/** What an item costs in two estimates. */
export interface CostChange {
  readonly item: string
  readonly region: string
  readonly beforeUsd: number
  readonly afterUsd: number
}

/** What changes between two estimates, by item and region; what stays the same is left out. */
export function costChanges(before: Estimate, after: Estimate): CostChange[] {
  const keyOf = ({ item, region }: CostItem) => `${item}|${region}`
  const old = new Map(before.items.map((item) => [keyOf(item), item]))
  const now = new Map(after.items.map((item) => [keyOf(item), item]))
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((key) => {
      const [item = '', region = ''] = key.split('|')
      return { item, region, beforeUsd: old.get(key)?.monthlyUsd ?? 0, afterUsd: now.get(key)?.monthlyUsd ?? 0 }
    })
    .filter(({ beforeUsd, afterUsd }) => Math.abs(afterUsd - beforeUsd) >= 0.005)
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

const unknownType = ({ type, file, id }: TemplateResource): Problem => ({
  message: `${type} (${id} of ${file}) has no price`,
  hint: 'add how it is billed to infra/lib/cost/rates.ts, or the type to free-types.ts if it costs nothing',
})

const unknownPrice = ({ price, item }: Charge, { file, id }: TemplateResource): Problem => ({
  message: `expected the price "${price}" for ${item} (${id} of ${file}), found none`,
  hint: 'add it to the price file with its unit and its source',
})
