import { openShards } from '../../src/shards/index.ts'

/** Moves the first `MOST` slots of the way to nine shards, a line for each slot: a program that a test kills half-way. */
const shards = await openShards(process.env)
const plan = await shards.plan({ shards: 9 })
const most = Number(process.env['MOST'])
await shards.move({ ...plan, moves: plan.moves.slice(0, most) }, ({ slot }, done, all) =>
  process.stdout.write(`${done}/${all} ${slot}\n`),
)
process.stdout.write('done\n')
await shards.close()
