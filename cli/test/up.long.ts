import { execFile, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const main = join(import.meta.dirname, '../src/main.ts')
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-up-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const canCall = spawnSync('aws', ['--version']).status === 0 || process.env['SLUICE_REQUIRE'] === 'all'

describe.skipIf(!canCall)('sluice up (needs aws on PATH)', () => {
  it('prints what to export, serves the AWS CLI with it, and ends on Ctrl-C', async () => {
    const args = [main, 'up', '--port', '0', '--runtime', 'process', '--state', join(folder, 'state')]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
    let printed = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk))
    await expect
      .poll(() => [printed, child.exitCode])
      .toEqual([expect.stringMatching(/^export AWS_SECRET_ACCESS_KEY=.*\n/m), null])
    const exported = Object.fromEntries(
      [...printed.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
    )
    expect(Object.keys(exported)).toEqual(
      expect.arrayContaining(['AWS_ENDPOINT_URL', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']),
    )
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, ...exported }
    const aws = async (...command: string[]) =>
      JSON.parse((await run('aws', [...command, '--output', 'json'], { env })).stdout) as unknown
    expect(await aws('sts', 'get-caller-identity')).toMatchObject({ Account: '000000000000' })
    expect(await aws('ecs', 'create-cluster', '--cluster-name', 'c')).toMatchObject({ cluster: { status: 'ACTIVE' } })
    expect(await aws('ecs', 'list-services', '--cluster', 'c')).toEqual({ serviceArns: [] })
    child.kill('SIGINT')
    expect(await closed).toBe(0)
  })
})
