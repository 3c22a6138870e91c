import { spawn, type ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { slotOf } from '../../src/packages/names.ts'
import { openShards } from '../../src/shards/index.ts'
import { signIn } from '../client.ts'
import { startDatabases, type Databases } from '../running-registry.ts'
import { nothingLost, underLoad, until } from './under-load.ts'

let databases: Databases
const children = new Set<ChildProcess>()

beforeAll(async () => {
  databases = await startDatabases()
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await databases.close()
})

const workers = 6
const slots = Array.from({ length: workers }, (_, worker) => slotOf(`@ida/load-${worker}`))

/** Moves the slots in use to one shard after the other, without an end, and says so. */
const mover = `
const { openShards } = await import(process.env.SHARDS)
const shards = await openShards(process.env)
const slots = JSON.parse(process.env.SLOTS)
const plan = await shards.plan({ shards: 9 })
for (let round = 0; ; round += 1) {
  const to = (Number(process.env.FIRST) + round) % 9
  await shards.move({ ...plan, moves: slots.map((slot) => ({ slot, from: 0, to, bytes: 0 })) }, () => console.log('moved'))
}`

/** Resolves with how many moves a mover made before it was killed, at no particular point. */
async function moveAndKill(first: number, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', mover], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      DATABASE_URLS: databases.urls.join(','),
      SHARDS: new URL('../../src/shards/index.ts', import.meta.url).href,
      SLOTS: JSON.stringify(slots),
      FIRST: String(first),
    },
  })
  children.add(child)
  let moved = 0
  const began = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      moved += text.trim().split('\n').length
      resolve()
    })
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await Promise.race([began, ended])
  if (child.exitCode !== null) throw new Error(`a mover ended with exit code ${child.exitCode} before it was killed`)
  await sleep(afterMs)
  child.kill('SIGKILL')
  await ended
  children.delete(child)
  await lockIsFree()
  return moved
}

/** PostgreSQL takes a killed mover's lock back when it has seen that its connection is gone: soon, and not at once. */
async function lockIsFree(): Promise<void> {
  const home = new pg.Client({ connectionString: databases.urls[0] })
  await home.connect()
  try {
    await until(
      () => 'movers that have gone',
      async () =>
        (await home.query(`select 1 from pg_locks where locktype = 'advisory' and objid = x'6d6f7665'::int`))
          .rowCount === 0,
    )
  } finally {
    await home.end()
  }
}

describe('moves of slots in use that are killed at no particular point', () => {
  it('are finished by the next, under publishes and installs, and lose nothing', async () => {
    const [one, two] = [await databases.start(), await databases.start()]
    const token = await signIn(one.url, 'ida')
    let moved = 0
    const tally = await underLoad({
      what: 'moves killed and repeated',
      urls: [one.url, two.url],
      token,
      scope: '@ida',
      workers,
      disturb: async (load) => {
        await load.publishes(201, 30)
        for (let round = 0; round < 5; round += 1) moved += await moveAndKill(round, 61 * (round + 1))
        const shards = await openShards({ DATABASE_URLS: databases.urls.join(',') })
        try {
          const plan = await shards.plan()
          const moves = slots.map((slot) => ({ slot, from: 0, to: 8, bytes: 0 }))
          await shards.move({ ...plan, moves })
          expect(await shards.verify()).toEqual([])
        } finally {
          await shards.close()
        }
      },
    })
    process.stdout.write(`moves made under load by movers that were killed: ${moved}\n`)
    expect(moved).toBeGreaterThanOrEqual(5)
    expect(tally).toMatchObject(nothingLost)
    // A slot whose mover was killed waits for the next mover: its writes may have been told to try again.
    expect(Object.keys(tally.publishes).filter((status) => !['201', '503'].includes(status))).toEqual([])
    expect(Object.keys(tally.installs).filter((status) => !['200', '404', '503'].includes(status))).toEqual([])
    await Promise.all([one.close(), two.close()])
  })

  it('never run beside each other', async () => {
    const [first, second] = [
      await openShards({ DATABASE_URLS: databases.urls.join(',') }),
      await openShards({ DATABASE_URLS: databases.urls.join(',') }),
    ]
    const plan = await first.plan()
    const some = slots.map((slot) => ({ slot, from: 8, to: 1, bytes: 0 }))
    const results = await Promise.allSettled([
      first.move({ ...plan, moves: some }),
      second.move({ ...plan, moves: some }),
    ])
    const refused = results.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []))
    expect(refused).toEqual([expect.stringContaining('another process moves slots of this registry')])
    expect(await first.verify()).toEqual([])
    await Promise.all([first.close(), second.close()])
  })
})
