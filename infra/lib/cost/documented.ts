import type { CostItem, Estimate } from './estimate.ts'
import type { ProfileUsage } from './prices.ts'

/** One reason why an estimate and the figure from before there were templates are not the same. */
export interface CostDifference {
  /** What the line of the figure was made of, or the item that no line has. */
  readonly what: string
  readonly documentedUsd: number
  readonly computedUsd: number
  readonly differenceUsd: number
  /** What the computed side is made of: `number × item: dollars`. */
  readonly computedOf: readonly string[]
  /** Nobody has said why where there is none. */
  readonly why: string | undefined
}

/** The figure from before there were templates, held against the estimate line by line. */
export interface DocumentedComparison {
  readonly totalUsd: number
  /** They add up to the difference between the estimate and the figure: every item stands in one of them. */
  readonly differences: readonly CostDifference[]
}

/** What is no difference but the figure's rounding. */
const roundingUsd = 0.05

/** Holds an estimate against a documented figure. `leftOut` says why there are items that no line of the figure counts. */
export function compareWithDocumented(
  { items }: Estimate,
  { totalUsd, note, lines }: ProfileUsage['documented'],
  leftOut: Readonly<Record<string, string>>,
): DocumentedComparison {
  const counted = new Set(lines.flatMap(({ counts }) => counts))
  const missing = [...new Set(items.map(({ item }) => item))].filter((item) => !counted.has(item))
  const linesUsd = lines.reduce((total, { usd }) => total + usd, 0)
  return {
    totalUsd,
    differences: [
      ...lines.map(({ of, usd, counts, why }) =>
        difference(
          of,
          usd,
          items.filter(({ item }) => counts.includes(item)),
          why,
        ),
      ),
      ...missing.map((missed) =>
        difference(
          `${missed}: left out`,
          0,
          items.filter(({ item }) => item === missed),
          leftOut[missed],
        ),
      ),
      // What the figure has beyond its own lines.
      difference('the figure, beyond its lines', totalUsd - linesUsd, [], note),
    ],
  }
}

/** Differences that nobody has explained. */
export function unexplained({ differences }: DocumentedComparison): CostDifference[] {
  return differences.filter(({ differenceUsd, why }) => why == null && Math.abs(differenceUsd) >= roundingUsd)
}

function difference(
  what: string,
  documentedUsd: number,
  items: readonly CostItem[],
  why: string | undefined,
): CostDifference {
  const computedUsd = items.reduce((total, { monthlyUsd }) => total + monthlyUsd, 0)
  const differenceUsd = computedUsd - documentedUsd
  return {
    what,
    documentedUsd,
    computedUsd,
    differenceUsd,
    computedOf: byItem(items),
    why: why ?? (Math.abs(differenceUsd) < roundingUsd ? 'rounded' : undefined),
  }
}

/** The same item of several regions is one. */
function byItem(items: readonly CostItem[]): string[] {
  return [...new Set(items.map(({ item }) => item))].map((name) => {
    const same = items.filter(({ item }) => item === name)
    const add = (numberOf: (one: CostItem) => number) => same.reduce((total, one) => total + numberOf(one), 0)
    const quantity = Number(add((one) => one.quantity).toPrecision(4))
    const regions = same.length > 1 ? ` in ${same.length} regions` : ''
    return `${add((one) => one.resources)} × ${name}${regions} (${quantity} ${same[0]?.unit ?? ''}): ${add((one) => one.monthlyUsd).toFixed(2)}`
  })
}
