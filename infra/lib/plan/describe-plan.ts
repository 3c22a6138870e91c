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
  /** Environments that are gone, and with them what their templates would be priced by. */
  readonly unpriced: readonly string[]
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
export function describePlan({ stacks, guards, costs, unpriced }: InfraPlan): string {
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
    describeLosses(stacks),
    describeCosts(costs, unpriced),
    ...stacks.map(describeStack),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n')
}

/** As many as a reader takes in at once; the stacks below have them all. */
const mostLosses = 12

/** Types that cannot be made again as they were: they come first. */
const holdsData =
  /^AWS::(RDS::(DBCluster|DBInstance|GlobalCluster)|DynamoDB::|S3::Bucket$|KMS::|SecretsManager::Secret$|ECR::Repository|ElastiCache::(ReplicationGroup|ServerlessCache)|Logs::LogGroup)/

/** What goes: nobody should have to unfold a stack to find these lines. */
function describeLosses(stacks: readonly StackChanges[]): string {
  const lost = stacks
    .flatMap(({ file, resources }) => resources.map((change) => ({ file, ...change })))
    .filter(({ impact }) => impact === 'replace' || impact === 'may replace' || impact === 'delete')
  const losses = [
    ...lost.filter(({ type }) => holdsData.test(type)),
    ...lost.filter(({ type }) => !holdsData.test(type)),
  ].map(({ file, id, type, impact }) => `- ${signs[impact]} \`${id}\` (${type}) in \`${file}\``)
  if (losses.length === 0) return ''
  const rest = losses.length - mostLosses
  return [
    '**What is replaced or deleted, what holds data first:**',
    ...losses.slice(0, mostLosses),
    ...(rest > 0 ? [`- and ${rest} more, in the stacks below`] : []),
  ].join('\n')
}

function describeStack({ file, kind, resources, permissions, others }: StackChanges): string {
  const given = permissions.map((change) => `| ${change.kind === 'given' ? '➕' : '➖'} | ${cell(change.what)} |`)
  return [
    `<details${kind === 'changed' ? ' open' : ''}><summary><code>${file}</code>: ${kind}, ${resources.length} ${resources.length === 1 ? 'resource' : 'resources'}</summary>`,
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

function describeCosts(costs: InfraPlan['costs'], unpriced: InfraPlan['unpriced']): string {
  const unknown = unpriced.map(
    (environment) => `What ${environment} cost is not known: git has no environments/${environment} to price it by.`,
  )
  const rows = costs
    .filter(({ changes }) => changes.length > 0)
    .flatMap(({ environment, beforeUsd, afterUsd, changes }) => [
      `| **${environment}** | ${beforeUsd.toFixed(2)} | ${afterUsd.toFixed(2)} | **${signed(afterUsd - beforeUsd)}** |`,
      ...changes.map(
        (change) =>
          `| ${change.item} (${change.region}) | ${change.beforeUsd.toFixed(2)} | ${change.afterUsd.toFixed(2)} | ${signed(change.afterUsd - change.beforeUsd)} |`,
      ),
    ])
  if (rows.length === 0) return unknown.join('\n') || 'What it costs a month stays the same.'
  return [
    ...unknown,
    ...(unknown.length > 0 ? [''] : []),
    '| USD a month | before | after | |',
    '|---|---:|---:|---:|',
    ...rows,
  ].join('\n')
}

const signed = (value: number) => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(2)}`

const cell = (text: string) => text.replaceAll('|', String.raw`\|`).replaceAll(/\s+/g, ' ')
