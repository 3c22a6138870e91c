import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { call, publishDocument } from '../client.ts'

/** What publishes and installs came to while something was broken. */
export interface Tally {
  readonly attempted: number
  readonly acknowledged: number
  /** Acknowledged publishes that are there afterwards, with the bytes that were sent. */
  readonly found: number
  readonly lost: readonly string[]
  /** Versions whose bytes are not what their packument says. */
  readonly torn: readonly string[]
  /** Versions that are there and were never sent. */
  readonly strange: readonly string[]
  /** Answers to publishes and to installs, by status; 0 is a broken connection. */
  readonly publishes: Readonly<Record<number, number>>
  readonly installs: Readonly<Record<number, number>>
  /** Installs that did not see what had been acknowledged before they began. */
  readonly stale: number
}

interface Packument {
  versions: Record<string, { dist: { integrity: string; tarball: string } }>
}

/** What a disturbance sees of the load: it goes on when something has happened, not when some time has passed. */
export interface Load {
  /** Waits until that many more publishes have been answered with this status. @throws Error after two minutes */
  publishes(status: number, more: number): Promise<void>
  /** The same of installs. */
  installs(status: number, more: number): Promise<void>
}

const limitMs = 120_000

/** Waits until something is so. @throws Error that says what was waited for, after two minutes */
export async function until(what: () => string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const began = performance.now()
  while (!(await isSo())) {
    if (performance.now() - began > limitMs)
      throw new Error(`within ${limitMs / 1000} seconds there were not ${what()}`)
    await sleep(20)
  }
}

/**
 * Publishes and installs by several workers until `disturb` has ended, then reads everything back from the first URL. The
 * tally is printed: what a fault did is a number, not a feeling.
 *
 * @param options.urls where the registries are; whoever starts one anew on another port puts its URL in place
 */
export async function underLoad(options: {
  readonly what: string
  readonly urls: readonly string[]
  readonly token: string
  readonly scope: string
  readonly workers: number
  readonly disturb: (load: Load) => Promise<void>
}): Promise<Tally> {
  const { urls, token, scope, workers } = options
  const acknowledged = new Map<string, string>()
  const attempted = new Set<string>()
  const publishes: Record<number, number> = {}
  const installs: Record<number, number> = {}
  const state = { on: true, stale: 0 }
  const count = (counts: Record<number, number>, status: number) => (counts[status] = (counts[status] ?? 0) + 1)

  const wait = (kind: string, counts: Record<number, number>) => async (status: number, more: number) => {
    const wanted = (counts[status] ?? 0) + more
    await until(
      () => `${more} more ${kind} with status ${status}: ${JSON.stringify(counts)}`,
      () => (counts[status] ?? 0) >= wanted,
    )
  }
  const load: Load = { publishes: wait('publishes', publishes), installs: wait('installs', installs) }

  const work = async (worker: number) => {
    const name = `${scope}/load-${worker}`
    for (let patch = 0; state.on; patch += 1) {
      const version = `1.0.${patch}`
      const url = urls[patch % urls.length] ?? ''
      attempted.add(`${name}@${version}`)
      const files = { 'a.js': `${worker} ${patch} ${'x'.repeat(200)}` }
      const body = publishDocument(name, version, { files })
      const path = `${url}/${name.replace('/', '%2f')}`
      const reply = await call(path, { method: 'PUT', token, body }).catch(() => undefined)
      count(publishes, reply?.status ?? 0)
      if (reply?.status === 201) acknowledged.set(`${name}@${version}`, integrityOf(body, version))
      const other = urls[(patch + 1) % urls.length] ?? ''
      const seen = await call<Packument>(`${other}/${name}`).catch(() => undefined)
      count(installs, seen?.status ?? 0)
      const isOlder = seen?.status === 200 && !(version in seen.body.versions)
      if (reply?.status === 201 && (isOlder || seen?.status === 404)) state.stale += 1
      if (reply?.status !== 201) await sleep(20)
    }
  }
  const running = Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)))
  try {
    await options.disturb(load)
  } finally {
    state.on = false
    await running
  }

  const found = new Map<string, string>()
  const torn: string[] = []
  for (let worker = 0; worker < workers; worker += 1) {
    const name = `${scope}/load-${worker}`
    const { status, body } = await call<Packument>(`${urls[0]}/${name}`)
    if (status === 404) continue
    if (status !== 200) throw new Error(`${name} cannot be read back: ${status}`)
    for (const [version, { dist }] of Object.entries(body.versions)) {
      found.set(`${name}@${version}`, dist.integrity)
      const bytes = Buffer.from(await (await fetch(dist.tarball)).arrayBuffer())
      const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`
      if (integrity !== dist.integrity) torn.push(`${name}@${version}`)
    }
  }
  const lost = [...acknowledged].flatMap(([version, integrity]) => (found.get(version) === integrity ? [] : [version]))
  const tally: Tally = {
    attempted: attempted.size,
    acknowledged: acknowledged.size,
    found: acknowledged.size - lost.length,
    lost,
    torn,
    strange: [...found.keys()].filter((each) => !attempted.has(each)),
    publishes,
    installs,
    stale: state.stale,
  }
  process.stdout.write(
    `${options.what}: publishes attempted ${tally.attempted}, acknowledged ${tally.acknowledged}, found ${tally.found}, lost ${tally.lost.length}, torn ${torn.length}, stale ${tally.stale}; publishes by status ${JSON.stringify(publishes)}, installs ${JSON.stringify(installs)}\n`,
  )
  return tally
}

function integrityOf({ versions }: ReturnType<typeof publishDocument>, version: string): string {
  return ((versions[version] ?? {})['dist'] as { integrity: string }).integrity
}

/** What must hold whatever is broken. */
export const nothingLost = { lost: [], torn: [], strange: [], stale: 0 }
