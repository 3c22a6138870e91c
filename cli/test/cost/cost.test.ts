import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { cost } from '../../src/cost.ts'

let folder = ''
let said: string[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-cost-'))
  cpSync(join(import.meta.dirname, '../../../environments'), folder, { recursive: true })
  said = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line))
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

async function run(...args: string[]): Promise<{ code: number; text: string }> {
  said = []
  const code = await cost.run([...args, '--environments', folder])
  return { code, text: said.join('\n') }
}
interface CostAnswer {
  readonly profile: string
  readonly monthlyUsd: number
  readonly withinCap: boolean
  readonly items: readonly { readonly item: string; readonly monthlyUsd: number; readonly source: string }[]
  readonly documented: { readonly totalUsd: number; readonly differenceUsd: number }
}

describe('sluice cost', () => {
  it.each([
    ['free', 47],
    ['dev', 57],
    ['production', 340],
  ])('tells what %s costs, that it is documented at %d, and why the two differ', async (profile, documentedUsd) => {
    const { code, text } = await run('--profile', profile)
    expect(text).toMatch(new RegExp(`^${profile}: \\d+\\.\\d\\d USD a month, profile ${profile}, us-east-1\n`))
    expect(text).toContain(`documented for ${profile}: ${documentedUsd}.00; the templates of the profile differ by`)
    expect(text).not.toContain('NOT EXPLAINED')
    expect(code).toBe(0)
  })

  it('says the same to programs, item by item, each with its source', async () => {
    const { text } = await run('--profile', 'production', '--json')
    const { monthlyUsd, items, documented, ...answer } = JSON.parse(text) as CostAnswer
    expect(answer).toMatchObject({ profile: 'production', withinCap: true })
    expect(items.reduce((sum, item) => sum + item.monthlyUsd, 0)).toBeCloseTo(monthlyUsd, 0)
    expect(documented.totalUsd + documented.differenceUsd).toBeCloseTo(monthlyUsd, 0)
    for (const { item, source } of items) expect(source, item).toBeTruthy()
    const human = await run('--profile', 'production')
    expect(human.text).toContain(`production: ${monthlyUsd.toFixed(2)} USD a month`)
  })

  it('fails above the budget of an environment, by its own figure', async () => {
    const file = join(folder, 'prod/environment.yaml')
    writeFileSync(file, readFileSync(file, 'utf8').replace(/monthlyUsd: \d+/, 'monthlyUsd: 100'))
    const { code, text } = await run('--environment', 'prod')
    expect(text).toMatch(/^ABOVE .*: 100\.00 \(a budget by these numbers, .*: \d+\)$/m)
    expect(code).toBe(1)
  })

  it.each<[args: string[], message: string | RegExp]>([
    [['--profile', 'nope'], 'expected a profile out of free, dev, production, global, found "nope"'],
    [['--environment', 'nope'], /dev, prod, stage, found "nope"/],
    [[], 'expected one of --profile NAME and --environment NAME'],
    [['--profile', 'dev', '--environment', 'dev'], 'expected one of --profile NAME and --environment NAME'],
  ])('refuses %j', async (args, message) => {
    await expect(run(...args)).rejects.toThrow(message)
  })
})
