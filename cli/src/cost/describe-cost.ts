import type { CostAssumptions, CostChange, EnvironmentCost } from '@sluice/infra/planning'

/** The answer for people: items, what comes on top, and the documented figure with every difference to it. */
export function describeCost(cost: EnvironmentCost, prices: CostAssumptions['prices']): string {
  const isOver = cost.monthlyUsd > cost.capUsd
  const unsure = cost.items.filter(({ confidence }) => confidence === 'from-memory')
  const shareUnsure = unsure.reduce((total, { monthlyUsd }) => total + monthlyUsd, 0) / cost.monthlyUsd
  return [
    `${cost.environment}: ${usd(cost.monthlyUsd).trim()} USD a month, profile ${cost.profile}, ${cost.regions.join(', ')}`,
    `prices of ${prices.region}, ${prices.date}; ${Math.round(shareUnsure * 100)} % of the sum is by prices that could not be confirmed (*)`,
    '',
    'USD a month, each line as: quantity × USD per unit [the price’s source, checked on]',
    ...itemLines(cost),
    ...(cost.adopted.length > 0 ? [`adopted, and not priced here: ${cost.adopted.join(', ')}`] : []),
    '',
    `${usd(cost.rollouts.usd, '+')}  for ${cost.rollouts.hours} hours of rollouts, in which old and new tasks run: ${cost.rollouts.items.map((one) => `${one.item} (${one.region}) ${one.usd.toFixed(2)}`).join(', ')}`,
    `${usd(cost.anotherService.usd, '+')}  for another service of the same size: ${cost.anotherService.changes.map(describeChange).join(', ')}`,
    '',
    ...documentedLines(cost),
    '',
    `${isOver ? 'ABOVE' : 'within'} ${cost.capSource}: ${usd(cost.capUsd).trim()} (a budget by these numbers, with rollouts and a tenth to spare: ${cost.proposedBudgetUsd})`,
  ].join('\n')
}

function itemLines({ items }: EnvironmentCost): string[] {
  const width = Math.max(...items.map(({ item }) => item.length))
  return items.map(
    ({ item, region, quantity, unit, unitUsd, monthlyUsd, confidence, checked, resources, source, priceList }) =>
      `${usd(monthlyUsd)}  ${item.padEnd(width)}  ${region.padEnd(9)}  ${resources} ${resources === 1 ? 'resource' : 'resources'}: ${round(quantity)} × ${round(unitUsd)} per ${unit}${confidence === 'from-memory' ? ' *' : ''} [${priceList ?? source}${checked == null ? '' : `, ${checked}`}]`,
  )
}

function describeChange({ item, region, beforeUsd, afterUsd }: CostChange): string {
  return `${item} (${region}) ${usd(afterUsd - beforeUsd, '+').trim()}`
}

function documentedLines({ environment, profile, documented, beyondProfile }: EnvironmentCost): string[] {
  const difference = documented.differences.reduce((sum, { differenceUsd }) => sum + differenceUsd, 0)
  const beyond = beyondProfile.reduce((sum, { beforeUsd, afterUsd }) => sum + afterUsd - beforeUsd, 0)
  return [
    `documented for ${profile}: ${usd(documented.totalUsd).trim()}; the templates of the profile differ by ${usd(difference, '+').trim()}, item by item:`,
    ...documented.differences
      .filter(({ differenceUsd }) => Math.abs(differenceUsd) >= 0.005)
      .flatMap(({ what, documentedUsd, differenceUsd, computedOf, why }) => [
        `${usd(differenceUsd, '+')}  ${what}: ${why ?? 'NOT EXPLAINED: say why in infra/prices/usage.yaml'}`,
        `           documented ${documentedUsd.toFixed(2)}; computed ${computedOf.join('; ') || 'nothing: no template has it'}`,
      ]),
    ...(environment === profile
      ? []
      : [
          `and ${environment} differs from the profile as it is documented (one region but for global, and an edge) by ${usd(beyond, '+').trim()}:`,
        ]),
    ...beyondProfile.map(
      ({ item, region, beforeUsd, afterUsd }) => `${usd(afterUsd - beforeUsd, '+')}  ${item} (${region})`,
    ),
  ]
}

const round = (value: number) => Number(value.toPrecision(4))

function usd(value: number, sign = ''): string {
  return `${value < 0 ? '-' : sign}${Math.abs(value).toFixed(2)}`.padStart(9)
}
