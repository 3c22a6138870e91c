import type { CostAssumptions, EnvironmentCost } from '@sluice/infra/planning'

type Prices = CostAssumptions['prices']

/** What `--json` prints: the answer with the date and source of everything in it. Dollars, two decimals. */
export function costJson(cost: EnvironmentCost, prices: Prices): object {
  return {
    profile: cost.profile,
    environment: cost.environment,
    regions: cost.regions,
    monthlyUsd: cents(cost.monthlyUsd),
    capUsd: cost.capUsd,
    withinCap: cost.monthlyUsd <= cost.capUsd,
    priceDate: prices.date,
    priceRegion: prices.region,
    rollouts: { hours: cost.rolloutHours, usd: cents(cost.rolloutsUsd) },
    anotherServiceUsd: cents(cost.anotherServiceUsd),
    documented: {
      totalUsd: cost.documented.totalUsd,
      note: cost.documented.note,
      differences: cost.documented.differences.map((one) => ({
        ...one,
        computedUsd: cents(one.computedUsd),
        differenceUsd: cents(one.computedUsd - one.documentedUsd),
      })),
    },
    items: cost.items.map((item) => ({ ...item, monthlyUsd: cents(item.monthlyUsd) })),
  }
}

/** The same for people: items, the documented figure beside the computed one, and what comes on top. */
export function describeCost(cost: EnvironmentCost, prices: Prices): string {
  const isOver = cost.monthlyUsd > cost.capUsd
  const width = Math.max(...cost.items.map(({ item }) => item.length))
  const unsure = cost.items.filter(({ confidence }) => confidence === 'from-memory')
  const shareUnsure = unsure.reduce((total, { monthlyUsd }) => total + monthlyUsd, 0) / cost.monthlyUsd
  return [
    `${cost.environment}: ${usd(cost.monthlyUsd)} a month, profile ${cost.profile}, ${cost.regions.join(', ')}`,
    `prices of ${prices.region}, ${prices.date}; ${Math.round(shareUnsure * 100)} % of the sum is by prices not checked yet (*)`,
    '',
    ...cost.items.map(
      ({ item, region, quantity, unit, unitUsd, monthlyUsd, confidence, resources }) =>
        `${usd(monthlyUsd)}  ${item.padEnd(width)}  ${region.padEnd(9)}  ${resources} of them, ${round(quantity)} × ${round(unitUsd)} a ${unit}${confidence === 'from-memory' ? ' *' : ''}`,
    ),
    '',
    `${usd(cost.rolloutsUsd)}  more for ${cost.rolloutHours} hours of rollouts, in which old and new tasks run`,
    `${usd(cost.anotherServiceUsd)}  more for another service of the same size`,
    '',
    `documented: ${usd(cost.documented.totalUsd)} (${cost.documented.note})`,
    ...cost.documented.differences.flatMap(({ category, documentedUsd, documentedOf, computedUsd, items }) => [
      `${usd(computedUsd - documentedUsd, '+')}  ${category}`,
      `           documented ${usd(documentedUsd).trim()}: ${documentedOf}`,
      `           computed   ${usd(computedUsd).trim()}: ${items.join('; ') || 'nothing: no template has it'}`,
    ]),
    '',
    `${isOver ? 'ABOVE' : 'within'} ${cost.capSource}: ${usd(cost.capUsd)}`,
  ].join('\n')
}

const cents = (value: number) => Math.round(value * 100) / 100
const round = (value: number) => Number(value.toPrecision(4))

function usd(value: number, sign = ''): string {
  return `${value < 0 ? '-' : sign}${Math.abs(value).toFixed(2)}`.padStart(9)
}
