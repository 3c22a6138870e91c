import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { cloneOfHead, root, type Clone } from './deliver-clone.ts'

let clone: Clone
let delivered = ''
beforeAll(() => {
  clone = cloneOfHead()
  delivered = git('rev-parse', 'HEAD').toString().trim()
})
afterAll(() => clone.remove())
const git = (...args: string[]) => execFileSync('git', ['-C', clone.checkout, ...args], { stdio: 'pipe' })
afterEach(() => {
  git('reset', '--quiet', '--hard', delivered)
})

const author = ['-c', 'user.name=ann', '-c', 'user.email=ann@example.com']

/** Changes a file of `environments/` in a commit. Gives the line that was changed. */
function edit(file: string, from: string | RegExp, to: string): number {
  const path = join(clone.checkout, 'environments', file)
  const before = readFileSync(path, 'utf8')
  const after = before.replace(from, to)
  expect(after).not.toBe(before)
  writeFileSync(path, after)
  git(...author, 'commit', '--quiet', '--all', '--message', 'edit')
  const lines = before.split('\n')
  return lines.findIndex((line, index) => line !== after.split('\n')[index]) + 1
}

/** `sluice deliver --yes`, as a person runs it. */
async function deliver(options: { cwd?: string; args?: readonly string[]; env?: Record<string, string> } = {}) {
  const { cwd = clone.checkout, args = [], env = {} } = options
  const child = spawn(process.execPath, [join(root, 'cli/src/main.ts'), 'deliver', '--yes', '--port', '0', ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, output }
}

/** One clear error, and nothing begun. */
function expectRefusal({ code, output }: { code: number | null; output: string }, ...told: (string | RegExp)[]): void {
  for (const text of told) expect(output).toMatch(text)
  expect(code).toBe(1)
  expect(output).not.toMatch(/^ {4}at /m)
  expect(output).not.toContain('delivering')
  expect(existsSync(join(clone.checkout, '.sluice'))).toBe(false)
}

describe('sluice deliver refuses', () => {
  it.each<[what: string, file: string, from: string | RegExp, to: string, told: RegExp]>([
    [
      'a tag in place of a digest',
      'prod/registry.yaml',
      /@sha256:[0-9a-f]{64}/,
      ':latest',
      /release\.image: expected repository@sha256:.*found "component-registry:latest"/,
    ],
    [
      'an unknown strategy',
      'prod/registry.yaml',
      'strategy: LINEAR',
      'strategy: SHADOW',
      /strategy: expected .*BLUE_GREEN.*found "SHADOW"/,
    ],
    ['a step below what ECS takes', 'prod/registry.yaml', 'stepPercent: 25', 'stepPercent: 2', /stepPercent.*3/],
    ['a bake beyond what ECS takes', 'prod/registry.yaml', 'bakeTime: 10m', 'bakeTime: 25h', /bakeTime.*1440|24 ?h/],
    ['a missing key', 'prod/environment.yaml', /^account:.*\n/, '', /account/],
  ])('%s, with file and line', async (...[, file, from, to, told]) => {
    const line = edit(file, from, to)
    // A key that is missing has no line of its own: the file's first is named.
    expectRefusal(await deliver(), told, `environments/${file}:${to === '' ? 1 : line}: `)
  })

  it('traffic that is too thin for the time limit of the judge, with the numbers', async () => {
    const path = join(clone.checkout, 'local/overlay/prod/registry.yaml')
    writeFileSync(path, readFileSync(path, 'utf8').replace(/timeout: \d+s/, 'timeout: 3s'))
    git(...author, 'commit', '--quiet', '--all', '--message', 'edit')
    expectRefusal(
      await deliver(),
      /too thin for the judge: [\d.]+ requests a second x 25 % for 3s gives the new revision \d+ requests, and a pass needs \d+/,
    )
  })

  it('everything that is wrong, at once', async () => {
    edit('prod/registry.yaml', 'strategy: LINEAR', 'strategy: SHADOW')
    edit('stage/environment.yaml', /^account:.*\n/, '')
    writeFileSync(join(clone.checkout, 'README.md'), 'changed')
    expectRefusal(await deliver(), 'SHADOW', 'stage/environment.yaml', /clean checkout/)
  })

  it('a port in use', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    expectRefusal(await deliver({ args: ['--port', String(port)] }), `expected port ${port} to be free`, '--port')
    await new Promise((resolve) => server.close(resolve))
  })

  it('a machine where no k6 is to be had, and names the four ways', async () => {
    const bin = join(dirname(clone.checkout), 'bin')
    mkdirSync(bin)
    symlinkSync(execFileSync('which', ['git'], { encoding: 'utf8' }).trim(), join(bin, 'git'))
    const offline = `data:text/javascript,${encodeURIComponent("globalThis.fetch=()=>Promise.reject(new Error('offline'))")}`
    const env = { PATH: bin, XDG_CACHE_HOME: join(bin, 'cache'), NODE_OPTIONS: `--import=${offline}` }
    expectRefusal(await deliver({ env }), /the PATH/, /the cache/, /archive|download/, /[Gg]o 1\.25/)
  })

  it('a runtime that this machine has not, and says why', async () => {
    const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' }
    expectRefusal(
      await deliver({ args: ['--runtime', 'docker'], env }),
      /no runtime for tasks \(docker\): .*none answers at unix:\/\/\/nowhere\/docker\.sock/,
    )
  })

  it('a dirty checkout: HEAD is delivered, not the files on disk', async () => {
    writeFileSync(join(clone.checkout, 'README.md'), 'changed')
    expectRefusal(await deliver(), /expected a clean checkout.*README\.md/, /commit or stash/)
  })

  it('a shallow clone', async () => {
    const shallow = join(dirname(clone.checkout), 'shallow')
    execFileSync('git', ['clone', '--quiet', '--depth', '1', `file://${clone.checkout}`, shallow])
    expectRefusal(await deliver({ cwd: shallow }), /expected a full clone/, /git fetch --unshallow/)
    expect(existsSync(join(shallow, '.sluice'))).toBe(false)
  })

  it('a machine without git, and a folder without a checkout', async () => {
    expectRefusal(await deliver({ env: { PATH: '/nowhere' } }), /git was not found on the PATH/)
    expectRefusal(await deliver({ cwd: '/' }), /expected a git checkout/)
  })

  it('unknown and impossible flags, all of them', async () => {
    expectRefusal(
      await deliver({ args: ['--fault', 'fire', '--speed', '0', '--runtime', 'vm', '--traffic', '0'] }),
      '--fault: expected errors, latency, crash, never-healthy, found "fire"',
      '--speed',
      '--runtime',
      '--traffic: expected a whole number from 1 to 2000, found "0"',
    )
  })
})
