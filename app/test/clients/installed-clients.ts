import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import type * as z from 'zod'

const folder = fileURLToPath(new URL('../../clients/', import.meta.url))
const modules = join(folder, 'node_modules')

/** Programs of the real clients, by their own files: their names on a PATH would shadow the machine's npm. */
export interface InstalledClients {
  readonly npm: string
  readonly pnpm: string
  readonly yarn1: string
  readonly yarn4: string
  readonly bun: string
  readonly shadcn: string
  readonly e2e: string
}

/**
 * Installs the clients into app/clients, where they are not yet, at the exact versions of their lock. Not by `npm ci`: it refuses
 * a lock that lacks pnpm's binaries for other platforms, which registries do not always carry.
 *
 * @throws Error with npm's own words
 */
export function installClients(): InstalledClients {
  if (!existsSync(join(modules, '.package-lock.json'))) {
    const { status, stderr } = spawnSync(
      'npm',
      ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    )
    if (status !== 0) throw new Error(`the real clients cannot be installed into app/clients:\n${stderr}`)
  }
  const oven = readdirSync(join(modules, '@oven'))[0] ?? ''
  return {
    npm: join(modules, '.bin/npm'),
    pnpm: join(modules, '.bin/pnpm'),
    yarn1: join(modules, 'yarn/bin/yarn.js'),
    yarn4: join(modules, '@yarnpkg/cli-dist/bin/yarn.js'),
    bun: join(modules, '@oven', oven, 'bin/bun'),
    shadcn: join(modules, '.bin/shadcn'),
    e2e: join(modules, '.bin/verdaccio-e2e'),
  }
}

/** The schemas that the installed shadcn reads a registry's answers with: its package's export `shadcn/schema`. */
export async function shadcnSchemas(): Promise<Readonly<Record<string, z.ZodType>>> {
  installClients()
  const { href } = pathToFileURL(join(modules, 'shadcn/dist/schema/index.js'))
  return (await import(href)) as Readonly<Record<string, z.ZodType>>
}

export interface Outcome {
  readonly code: number | null
  readonly output: string
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>
  /** What to type, each when the output shows its prompt. */
  readonly answers?: readonly (readonly [prompt: string, answer: string])[]
  /** A command that runs the client somewhere else. */
  readonly through?: readonly string[]
}

/**
 * Runs a client in a home and with a temporary folder of its own (beside `cwd`, to be removed with it: some clients leave theirs
 * full), with Node 24 first on its PATH and no settings of this machine.
 */
export function run(
  program: string,
  words: readonly string[],
  cwd: string,
  { environment = {}, answers = [], through = [] }: RunOptions = {},
): Promise<Outcome> {
  const temporary = join(cwd, '..', 'tmp')
  mkdirSync(temporary, { recursive: true })
  return new Promise((resolve, reject) => {
    const client = program.endsWith('.js') ? [process.execPath, program] : [program]
    const [command = '', ...rest] = [...through, ...client, ...words]
    const child = spawn(command, rest, {
      cwd,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
        HOME: join(cwd, '..', 'home'),
        TMPDIR: temporary,
        CI: 'true',
        NO_COLOR: '1',
        ...environment,
      },
    })
    let output = ''
    let shown = 0
    const left = [...answers]
    if (left.length === 0) child.stdin.end()
    const read = (chunk: string) => {
      output += chunk
      for (let at: number; left[0] && (at = output.indexOf(left[0][0], shown)) !== -1;) {
        shown = at + left[0][0].length
        child.stdin.write(`${left.shift()?.[1]}\n`)
      }
    }
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', read)
    child.stdin.on('error', () => undefined)
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output: stripVTControlCharacters(output) }))
  })
}

/** A project that uses the registry with a token, in every client's own way. */
export async function makeProject(cwd: string, url: string, token: string, manifest: object): Promise<void> {
  await mkdir(cwd, { recursive: true })
  await mkdir(join(cwd, '..', 'home'), { recursive: true })
  const host = url.replace(/^https?:/, '')
  await writeFile(join(cwd, 'package.json'), JSON.stringify(manifest, undefined, 2))
  await writeFile(
    join(cwd, '.npmrc'),
    `registry=${url}/\n${host}/:_authToken=${token}\nmin-release-age=0\nminimum-release-age=0\n`,
  )
  await writeFile(
    join(cwd, '.yarnrc.yml'),
    `npmRegistryServer: "${url}"\nnpmAuthToken: "${token}"\nnpmAlwaysAuth: true\nunsafeHttpWhitelist: ["127.0.0.1", "localhost"]\nnpmMinimalAgeGate: 0\nnodeLinker: node-modules\nenableTelemetry: false\nenableImmutableInstalls: false\n`,
  )
}
