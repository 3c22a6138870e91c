import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export interface Server {
  readonly name: string
  readonly url: string
  /** Resident memory in MiB; nothing where /proc is not. */
  memory(): Promise<number | undefined>
  stop(): Promise<void>
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

async function start(
  name: string,
  port: number,
  command: readonly string[],
  environment: Record<string, string>,
): Promise<Server> {
  const child = spawn(process.execPath, command, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors = (errors + chunk).slice(-2000)))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const url = `http://localhost:${port}`
  const answers = () =>
    fetch(`${url}/-/ping`).then(
      ({ ok }) => ok,
      () => false,
    )
  for (let tries = 1; !(await answers()); tries += 1) {
    if (child.exitCode !== null || tries > 150) throw new Error(`${name} does not start:\n${errors}`)
    await sleep(200)
  }
  return {
    name,
    url,
    memory: async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '')
      const kilobytes = /VmRSS:\s+(\d+)/.exec(status)?.[1]
      return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024)
    },
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** What a task runs, by the image's own words: flags of Node are part of what is measured. */
async function taskCommand(): Promise<string[]> {
  const [, command = ''] = /^CMD (\[.*\])$/m.exec(await readFile(here('../Dockerfile'), 'utf8')) ?? []
  const [, ...words] = JSON.parse(command) as string[]
  return words.map((word) => (word.startsWith('-') ? word : here(`../${word}`)))
}

/** The registry, as a task runs it. @param profile a folder for its processor profile, written when it stops */
export async function startRegistry(databaseUrls: readonly string[], profile?: string): Promise<Server> {
  const port = await freePort()
  const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]
  return start('registry', port, [...flags, ...(await taskCommand())], {
    PORT: String(port),
    HOST: '127.0.0.1',
    DATABASE_URLS: databaseUrls.join(','),
    REGISTRY_SELF_REGISTRATION: 'publish',
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    DRAIN_GRACE_MS: '0',
  })
}

/** A bare node:http server that answers with the very bytes and headers that the registry gives. */
export async function startBare(origin: string): Promise<Server> {
  const port = await freePort()
  return start('node:http', port, [here('./bare.ts')], { PORT: String(port), ORIGIN: origin })
}

/** verdaccio from app/clients; nothing when it is not installed there. */
export async function startVerdaccio(folder: string): Promise<Server | undefined> {
  const program = here('../clients/node_modules/verdaccio/bin/verdaccio')
  if (!existsSync(program)) return undefined
  await mkdir(folder, { recursive: true })
  const config = join(folder, 'config.yaml')
  const port = await freePort()
  const text = `storage: ${folder}/storage
auth: { htpasswd: { file: ${folder}/htpasswd, max_users: 100 } }
packages: { '**': { access: $all, publish: $authenticated, unpublish: $authenticated } }
log: { type: stdout, level: fatal }
`
  await writeFile(config, text)
  return start('verdaccio', port, [program, '--config', config, '--listen', `localhost:${port}`], {
    NODE_ENV: 'production',
  })
}
