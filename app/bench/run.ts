import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startEmbeddedPostgres } from '../src/embedded/postgres.ts'
import { migrate } from '../src/shards/migrate.ts'
import { load, percentile, publish, signIn, wrkReport } from './load.ts'
import type { LoadResult } from './load.ts'
import { benchMixed } from './mixed.ts'
import { benchSearch } from './search.ts'
import { startBare, startRegistry, startVerdaccio } from './servers.ts'
import type { Server } from './servers.ts'

/** Parts of a run; memory is looked at after the load of `reads`. */
const parts = ['publish', 'reads', 'memory', 'mixed', 'search'] as const
type Part = (typeof parts)[number]

/**
 * `npm run bench -w app`: the registry beside verdaccio and a bare node:http server with the same bytes, in one run. `--only mixed`
 * runs one part (`--only` may stand several times); `--profile FOLDER` writes the registry's processor profile there.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    components: { type: 'string', default: '100000' },
    only: { type: 'string', multiple: true, default: [...parts] },
    profile: { type: 'string' },
  },
})
const unknown = values.only.filter((part) => !(parts as readonly string[]).includes(part))
if (unknown.length > 0) throw new Error(`expected --only with ${parts.join(', ')}, found ${unknown.join(', ')}`)
const wants = (...some: readonly Part[]) => some.some((part) => values.only.includes(part))
const seconds = Number(values.seconds)
const rounds = Number(values.rounds)
const abbreviated = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*'
const full = 'application/json'

interface Scenario {
  readonly name: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly conditional?: boolean
  /** Of the bare server's requests a second. */
  readonly bar: number
}
const scenarios: readonly Scenario[] = [
  { name: 'packument, full', path: '/bench', headers: { accept: full }, bar: 0.5 },
  { name: 'packument, full, gzip', path: '/bench', headers: { accept: full, 'accept-encoding': 'gzip' }, bar: 0.5 },
  { name: 'packument, abbreviated', path: '/bench', headers: { accept: abbreviated }, bar: 0.5 },
  {
    name: 'packument, abbreviated, gzip',
    path: '/bench',
    headers: { accept: abbreviated, 'accept-encoding': 'gzip' },
    bar: 0.5,
  },
  { name: '304 for If-None-Match', path: '/bench', headers: { accept: full }, conditional: true, bar: 0.6 },
  { name: 'tarball, 20 KB', path: '/bench/-/bench-1.0.0.tgz', headers: {}, bar: 0.5 },
]

const loads = () =>
  loadavg()
    .map((each) => each.toFixed(1))
    .join(', ')
console.log(`load average at the start: ${loads()}\n`)
const folder = await mkdtemp(join(tmpdir(), 'registry-bench-'))
const script = join(folder, 'report.lua')
await writeFile(script, wrkReport)
const databases = ['bench_0', 'bench_1']
const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), databases })
const urls = databases.map((database) => `${postgres.url}/${database}`)
const running: Server[] = []
try {
  await migrate(urls, 8)
  const registry = await startRegistry(urls, values.profile)
  running.push(registry)
  if (wants('publish', 'reads', 'memory')) await besideOthers(registry)
  if (wants('mixed')) await benchMixed(registry, seconds, folder)
  if (wants('search')) await benchSearch(registry.url, urls[0] ?? '', Number(values.components))
  console.log(`\nload average at the end: ${loads()}`)
} finally {
  for (const server of running) await server.stop()
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}

async function besideOthers(registry: Server): Promise<void> {
  const verdaccio = await startVerdaccio(join(folder, 'verdaccio'))
  if (verdaccio) running.push(verdaccio)
  else
    console.log(
      'verdaccio is not installed: npm ci --prefix app/clients --ignore-scripts installs it; its columns stay empty\n',
    )
  await publishAll(running)
  if (!wants('reads', 'memory')) return
  const bare = await startBare(registry.url)
  running.push(bare)
  await compare(registry, bare, verdaccio)
  console.log(`\nload average: ${loads()}\n\n| memory after the load | MiB |\n|---|---|`)
  for (const server of running) console.log(`| ${server.name} | ${(await server.memory()) ?? 'unknown'} |`)
}

async function publishAll(servers: readonly Server[]): Promise<void> {
  console.log('| publish 20 KB, 50 in turn | p50 ms | p95 ms |\n|---|---|---|')
  for (const server of servers) {
    const token = await signIn(server.url)
    // What is measured is a registry at work, not one that has just started.
    for (let patch = 0; patch < 50; patch += 1) await publish(server.url, token, 'warm', `1.0.${patch}`)
    const took: number[] = []
    for (let patch = 0; patch < 50; patch += 1) took.push(await publish(server.url, token, 'bench', `1.0.${patch}`))
    console.log(`| ${server.name} | ${percentile(took, 50).toFixed(1)} | ${percentile(took, 95).toFixed(1)} |`)
  }
}

async function compare(registry: Server, bare: Server, verdaccio: Server | undefined): Promise<void> {
  console.log(`\nwrk, 1 thread, 32 connections, ${seconds} s, median of ${rounds} rounds in turn\n`)
  console.log(
    '| requests a second / p95 ms | registry | node:http | verdaccio | registry of bare | bar | verdaccio of bare |',
  )
  console.log('|---|---|---|---|---|---|---|')
  for (const scenario of scenarios) {
    const samples = new Map<Server, LoadResult[]>()
    for (let round = 0; round < rounds; round += 1) {
      for (const server of [registry, bare, verdaccio]) {
        if (!server) continue
        // The others may fail under this load, and are then left out; the registry may not.
        const result = await sample(server, scenario).catch((error: unknown) => {
          if (server === registry) throw error
          console.error(`${server.name}, ${scenario.name}: ${error instanceof Error ? error.message : String(error)}`)
          return undefined
        })
        if (result) samples.set(server, [...(samples.get(server) ?? []), result])
      }
    }
    const median = (server: Server, of: keyof LoadResult) =>
      percentile(
        (samples.get(server) ?? []).map((result) => result[of]),
        50,
      )
    const show = (server: Server | undefined) =>
      server && samples.has(server) ? `${Math.round(median(server, 'rps'))} / ${median(server, 'p95').toFixed(2)}` : '-'
    const ratio = (server: Server | undefined) =>
      server && samples.has(server) && samples.has(bare)
        ? `${((median(server, 'rps') / median(bare, 'rps')) * 100).toFixed(1)} %`
        : '-'
    console.log(
      `| ${scenario.name} | ${show(registry)} | ${show(bare)} | ${show(verdaccio)} | ${ratio(registry)} | ${scenario.bar * 100} % | ${ratio(verdaccio)} |`,
    )
  }
}

async function sample(server: Server, { path, headers, conditional }: Scenario): Promise<LoadResult> {
  if (!conditional) return load(server.url + path, headers, seconds, script)
  const response = await fetch(server.url + path, { headers: { ...headers, 'accept-encoding': 'identity' } })
  await response.arrayBuffer()
  return load(server.url + path, { ...headers, 'if-none-match': response.headers.get('etag') ?? '' }, seconds, script)
}
