import { parseArgs } from 'node:util'
import { openShards, type ShardFinding, type ShardLoad, type ShardPlan, type Shards } from '@sluice/app/shards'
import { ConfigurationError } from '@sluice/core/failure'
import type { Command } from './command.ts'

const actions = ['plan', 'move', 'verify'] as const

/** What `sluice shards` was asked to do. */
export interface ShardsOptions {
  readonly action: (typeof actions)[number]
  /** How many logical shards there shall be. */
  readonly shards?: number
  /** 0 to 1: how much of a slot's weight are its requests. */
  readonly requestShare?: number
  readonly json: boolean
}

/** Reads the words. Throws a `ConfigurationError` that names every bad one. */
export function parseShardsOptions(args: readonly string[]): ShardsOptions {
  let parsed
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        shards: { type: 'string' },
        'request-share': { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new ConfigurationError((error as Error).message, { cause: error })
  }
  const { values, positionals } = parsed
  const problems: string[] = []
  const action = actions.find((name) => name === positionals[0])
  if (!action || positionals.length !== 1)
    problems.push(`expected one of ${actions.join(', ')}, found "${positionals.join(' ')}"`)
  const shards = values.shards == null ? undefined : Number(values.shards)
  if (shards != null && !(Number.isInteger(shards) && shards >= 1 && shards <= 4096))
    problems.push(`--shards: expected a whole number from 1 to 4096, found "${values.shards}"`)
  const requestShare = values['request-share'] == null ? undefined : Number(values['request-share'])
  if (requestShare != null && !(requestShare >= 0 && requestShare <= 1))
    problems.push(`--request-share: expected a number from 0 to 1, found "${values['request-share']}"`)
  if (problems.length > 0 || !action) throw new ConfigurationError(problems.map((message) => ({ message })))
  return {
    action,
    json: values.json,
    ...(shards == null ? {} : { shards }),
    ...(requestShare == null ? {} : { requestShare }),
  }
}

/** Before and after, shard by shard, and what the way there costs. */
export function describeShardPlan(plan: ShardPlan): string {
  const before = new Map(plan.before.map((load) => [load.shard, load]))
  const cells = ({ slots, bytes, requests }: ShardLoad | { slots: 0; bytes: 0; requests: 0 }) =>
    `${slots}`.padStart(6) + megabytes(bytes).padStart(12) + `${requests}`.padStart(10)
  const ratio = plan.minimumBytes === 0 ? '' : ` (${(plan.movedBytes / plan.minimumBytes).toFixed(2)} of the minimum)`
  return [
    'shard   slots before, bytes, requests      slots after, bytes, requests',
    ...plan.after.map(
      (after) =>
        `${after.shard}`.padStart(5) +
        cells(before.get(after.shard) ?? { slots: 0, bytes: 0, requests: 0 }) +
        '     ' +
        cells(after),
    ),
    `greatest over mean: ${plan.imbalanceBefore.toFixed(3)} before, ${plan.imbalanceAfter.toFixed(3)} after`,
    `${plan.moves.length} slots with ${megabytes(plan.movedBytes)} move${ratio}`,
  ].join('\n')
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

function describeFindings(findings: readonly ShardFinding[]): string {
  if (findings.length === 0)
    return 'every slot has one owner that agrees with the table, and nobody else holds rows of it'
  return findings.map(({ slot, finding }) => `slot ${slot}: ${finding}`).join('\n')
}

async function act(shards: Shards, options: ShardsOptions): Promise<number> {
  const { action, json, ...wanted } = options
  if (action === 'verify') {
    const findings = await shards.verify()
    console.log(json ? JSON.stringify(findings, null, 2) : describeFindings(findings))
    return findings.length === 0 ? 0 : 1
  }
  const plan = await shards.plan(wanted)
  console.log(json ? JSON.stringify(plan, null, 2) : describeShardPlan(plan))
  if (action === 'plan') return 0
  await shards.move(plan, ({ slot, from, to, packages, frozenMs }, done, all) =>
    console.error(
      `${done}/${all}: slot ${slot} from shard ${from} to ${to}, ${packages} packages, writes waited ${Math.round(frozenMs)} ms`,
    ),
  )
  return 0
}

export const shards: Command = {
  name: 'shards',
  summary: "plan, move and verify the registry's shards",
  help: `sluice shards plan|move|verify [--shards N] [--request-share X] [--json]

Works on the registry that DATABASE_URLS (and SLOT_TABLE, DYNAMODB_ENDPOINT) name.

  plan               bytes and requests a shard before and after, greatest over mean, what moves and the least that must
  move               moves the plan's slots while the registry is in use; may be stopped and repeated at any time
  verify             every slot has one owner; exit code 1 when not
  --shards N         how many logical shards there shall be (as many as there are)
  --request-share X  how much of a slot's weight are its requests, 0 to 1 (0)
  --json             for machines

Examples
  npx sluice shards plan --shards 9
  npx sluice shards move --shards 9
  npx sluice shards verify --json
`,
  run: async (args) => {
    const options = parseShardsOptions(args)
    if (!process.env['DATABASE_URLS']) {
      throw new ConfigurationError([
        { message: 'expected DATABASE_URLS, found none', hint: "name the registry's PostgreSQL URLs, comma separated" },
      ])
    }
    const opened = await openShards(process.env)
    try {
      return await act(opened, options)
    } finally {
      await opened.close()
    }
  },
}
