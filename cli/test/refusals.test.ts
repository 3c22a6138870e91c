import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bootstrap } from '../src/bootstrap.ts'
import { cost } from '../src/cost.ts'
import { plan } from '../src/plan.ts'
import { rto } from '../src/rto.ts'

const main = join(import.meta.dirname, '../src/main.ts')
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-refusals-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** `sluice`, as a person runs it, in an empty folder. */
async function sluice(...args: string[]): Promise<{ code: number | null; errors: string }> {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, errors }
}

/** One clear error, no trace of the stack, and nothing written. */
function expectRefusal({ code, errors }: { code: number | null; errors: string }, message: string | RegExp): void {
  expect(errors).toMatch(message)
  expect(code).toBeGreaterThan(0)
  expect(errors).not.toMatch(/^ {4}at /m)
  expect(readdirSync(folder)).toEqual([])
}

describe('sluice', () => {
  it.each<[args: string[], message: string | RegExp]>([
    [['frobnicate'], /expected one of .*deliver.*found "frobnicate"/],
    [['up', '--nope'], "Unknown option '--nope'"],
    [['deliver', '--nope'], "Unknown option '--nope'"],
    [['pr', '--nope'], "Unknown option '--nope'"],
    [['rto', '--nope'], "Unknown option '--nope'"],
    // Minutes later nobody could answer, and all would have been in vain.
    [['deliver'], /expected a terminal for the prompts, found none.*--yes/s],
    [['pr'], 'expected a git checkout'],
    [['judge', 'replay', 'nowhere.json'], /expected a judge's bundle in nowhere\.json/],
  ])('refuses %j', async (args, message) => {
    expectRefusal(await sluice(...args), message)
  })

  it.each([bootstrap, cost, plan, rto])('tells how $name is called, with examples', ({ name, help }) => {
    expect(help).toMatch(new RegExp(`^usage: sluice ${name} `))
    expect(help.split('\n').filter((line) => line.startsWith(`  sluice ${name} `)).length).toBeGreaterThan(1)
  })

  it('refuses to start AWS on a port in use', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    expectRefusal(await sluice('up', '--port', String(port)), `expected port ${port} to be free, found it in use`)
    await new Promise((resolve) => server.close(resolve))
  })
})
