import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { rto } from '../src/rto.ts'

const ours = join(import.meta.dirname, '../../environments')
let folder = ''
let said: string[] = []

/** This repository's environments, with prod as it is given. */
const withProd = (text: string) =>
  writeFileSync(join(folder, 'prod/environment.yaml'), `account: "222222222222"\npromotion: { from: stage }\n${text}\n`)
const edge =
  'edge: { domain: example.com, hostedZoneId: Z1, certificateArn: "arn:aws:acm:us-east-1:222222222222:certificate/1" }'
const global = 'regions: [us-east-1, us-west-2]\ntopology: { profile: global, physicalClusters: 8 }'

async function run(...args: string[]): Promise<{ code: number; text: string }> {
  said = []
  const code = await rto.run([...args, '--environments', folder])
  return { code, text: said.join('\n') }
}

describe('sluice rto', () => {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-rto-'))
    await cp(ours, folder, { recursive: true })
    vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line))
  })
  afterEach(() => {
    vi.restoreAllMocks()
    rmSync(folder, { recursive: true })
  })

  it('tells what restores an environment without a standby, and that it promises nothing', async () => {
    const { code, text } = await run('dev')
    expect(text).toContain('write: hours, no objective applies: there is no standby')
    expect(text).toMatch(/^ +hours  restore$/m)
    expect(text).toContain('restore from backup: hours. ')
    expect(text).toContain('recovery point: no objective applies (RDS: transaction logs are kept every five minutes')
    expect(text).not.toContain('no bound')
    expect(text).not.toContain('ABOVE')
    expect(code).toBe(0)
  })

  it('says the same to programs', async () => {
    const { code, text } = await run('dev', '--json')
    expect(JSON.parse(text)).toMatchObject({ hasObjective: false, isMet: false, write: { seconds: null } })
    expect(code).toBe(0)
  })

  it('is within the objectives with another region', async () => {
    withProd(`${global}\n${edge}`)
    const { code, text } = await run('prod')
    expect(text).toMatch(/read: \d+ s, within the objective of 60 s/)
    expect(text).toMatch(/write: \d+ s, within the objective of 300 s/)
    expect(code).toBe(0)
  })

  it('fails above them when the clusters fail over one by one', async () => {
    withProd(`${global}\n${edge}`)
    const { code, text } = await run('prod', '--one-by-one')
    expect(text).toMatch(/write: \d+ s, ABOVE the objective of 300 s/)
    expect(code).toBe(1)
  })

  it('fails where an objective applies and nothing bounds the time', async () => {
    withProd(global)
    const { code, text } = await run('prod')
    expect(text).toContain('read: no bound, ABOVE the objective of 60 s')
    expect(code).toBe(1)
  })

  it('names the environments when it is asked for another', async () => {
    await expect(run('nowhere')).rejects.toThrow('expected one environment out of dev, prod, stage, found "nowhere"')
  })
})
