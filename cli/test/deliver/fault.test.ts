import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { faultSource, withFault } from '../../src/deliver/fault.ts'

const entry = `import { createServer } from 'node:http'
const server = createServer((request, response) => response.end('fine'))
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
`
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-fault-'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Starts a service with the fault and asks it for a path many times: the statuses, none when the process ended first. */
async function statuses(fault: keyof typeof faultSource, environment: string, path: string): Promise<number[]> {
  writeFileSync(join(folder, 'main.ts'), withFault(entry))
  writeFileSync(join(folder, 'fault.ts'), faultSource[fault])
  const child = spawn(process.execPath, ['main.ts'], {
    cwd: folder,
    env: { SLUICE_ENVIRONMENT: environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const exited = new Promise<number[]>((resolve) => child.once('exit', () => resolve([])))
  const asked = new Promise<number[]>((resolve, reject) => {
    child.stdout.once('data', (port: Buffer) => {
      const url = `http://127.0.0.1:${Number(port)}${path}`
      Promise.all(Array.from({ length: 60 }, async () => (await fetch(url)).status)).then(resolve, reject)
    })
  })
  const result = fault === 'crash' ? await exited : await Promise.race([asked, exited])
  child.kill('SIGKILL')
  return result
}

describe('a fault', () => {
  it('errors answers real reads in prod with some 500s', async () => {
    const seen = await statuses('errors', 'prod', '/@acme/button')
    expect(seen).toContain(500)
    expect(seen).toContain(200)
  })

  it.each([
    ['stage', '/@acme/button'],
    ['prod', '/@test-1/button'],
    ['prod', '/health/ready'],
  ])('errors leaves %s %s alone', async (environment, path) => {
    expect(new Set(await statuses('errors', environment, path))).toEqual(new Set([200]))
  })

  it('never-healthy fails the readiness probe everywhere', async () => {
    expect(new Set(await statuses('never-healthy', 'dev', '/health/ready'))).toEqual(new Set([503]))
  })

  it('crash ends the process', async () => {
    expect(await statuses('crash', 'dev', '/')).toEqual([])
  })
})
