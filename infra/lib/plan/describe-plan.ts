import { describeProblem, type Problem } from '@sluice/core/failure'
import type { costChanges } from '../cost/estimate.ts'
import type { Impact, StackChanges } from './template-changes.ts'

/** What a plan says beside the changes. */
export interface InfraPlan {
  readonly stacks: readonly StackChanges[]
  /** What stands against deploying it. */
  readonly guards: readonly Problem[]
  /** Dollars a month by environment. */
  readonly costs: ReadonlyArray<{
    readonly environment: string
    readonly beforeUsd: number
    readonly afterUsd: number
    readonly changes: ReturnType<typeof costChanges>
  }>
}

const signs: Readonly<Record<Impact, string>> = {
  create: '🟢 create',
  update: '🟡 update',
  replace: '🔴 REPLACE',
  'may replace': '🟠 may replace',
  delete: '🔴 DELETE',
  orphan: '⚪ leave behind',
}

/** A plan as a page for a pull request: the verdict first, then what is lost, permissions, cost, and every resource. */
export function describePlan({ stacks, guards, costs }: InfraPlan): string {
  if (stacks.length === 0) return '### Infrastructure: nothing changes\n'
  const all = stacks.flatMap(({ resources }) => resources)
  const counted = (Object.keys(signs) as Impact[])
    .map((impact) => [impact, all.filter((change) => change.impact === impact).length] as const)
    .filter(([, number]) => number > 0)
    .map(([impact, number]) => `${number} ${signs[impact]}`)
  const broadened = stacks.filter(({ isBroadened }) => isBroadened).map(({ file }) => `\`${file}\``)
  return [
    `### Infrastructure: ${guards.length > 0 ? `⛔ refused (${guards.length})` : counted.join(', ') || 'outputs alone change'}`,
    ...guards.map((guard) => `> ⛔ ${describeProblem(guard)}`),
    ...(broadened.length > 0 ? [`⚠️ **Permissions are broadened** in ${broadened.join(', ')}`] : []),
    describeCosts(costs),
    ...stacks.map(describeStack),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n')
}

function describeStack({ file, kind, resources, permissions, others }: StackChanges): string {
  const given = permissions.map((change) => `| ${change.kind === 'given' ? '➕' : '➖'} | ${cell(change.what)} |`)
  return [
    `<details${kind === 'changed' ? ' open' : ''}><summary><code>${file}</code>: ${kind}, ${resources.length} resources</summary>`,
    '',
    '| | resource | type | properties |',
    '|---|---|---|---|',
    ...resources.map(
      ({ id, type, impact, properties }) =>
        `| ${signs[impact]} | \`${id}\` | ${type} | ${cell(properties.join(', '))} |`,
    ),
    ...(given.length > 0 ? ['', '| | permission |', '|---|---|', ...given] : []),
    ...(others.length > 0 ? ['', `Also: ${others.join(', ')}.`] : []),
    '',
    '</details>',
  ].join('\n')
}

function describeCosts(costs: InfraPlan['costs']): string {
  const rows = costs
    .filter(({ changes }) => changes.length > 0)
    .flatMap(({ environment, beforeUsd, afterUsd, changes }) => [
      `| **${environment}** | ${beforeUsd.toFixed(2)} | ${afterUsd.toFixed(2)} | **${signed(afterUsd - beforeUsd)}** |`,
      ...changes.map(
        (change) =>
          `| ${change.item} (${change.region}) | ${change.beforeUsd.toFixed(2)} | ${change.afterUsd.toFixed(2)} | ${signed(change.afterUsd - change.beforeUsd)} |`,
      ),
    ])
  if (rows.length === 0) return 'What it costs a month stays the same.'
  return ['| USD a month | before | after | |', '|---|---:|---:|---:|', ...rows].join('\n')
}

const signed = (value: number) => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(2)}`

const cell = (text: string) => text.replaceAll('|', String.raw`\|`).replaceAll(/\s+/g, ' ')
