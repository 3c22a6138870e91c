import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import type { ActionContract } from '../src/runner/contract.ts'

interface ActionMetadata {
  readonly name: string
  readonly description: string
  readonly inputs?: Readonly<Record<string, { description?: string; required?: boolean; default?: string }>>
  readonly outputs?: Readonly<Record<string, { description?: string }>>
  readonly runs: { readonly using: string; readonly main: string; readonly post?: string }
}

const root = fileURLToPath(new URL('..', import.meta.url))
const names = readdirSync(root).filter((name) => existsSync(`${root}${name}/action.yml`))
const architecture = readFileSync(`${root}../docs/architecture.md`, 'utf8').split('\n')
const shells = readdirSync(`${root}src`)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))

/** What the schema makes of one input; no success when it has to be given and was not. */
const parsed = (contract: ActionContract, name: string, value: string | undefined) => {
  const { success, data } = z.safeParse(contract.inputs.shape[name] ?? z.never(), value)
  return { success, data }
}

it('finds an action folder for every shell and a shell for every folder', () => {
  expect(names.toSorted()).toEqual(shells.toSorted())
})

describe.each(names)('%s', async (name) => {
  const metadata = parse(readFileSync(`${root}${name}/action.yml`, 'utf8')) as ActionMetadata
  const { contract } = (await import(`../src/contracts/${name}.ts`)) as { contract: ActionContract }
  const inputs = metadata.inputs ?? {}

  it('declares the inputs and outputs that its schema reads and sets, each described', () => {
    expect(Object.keys(inputs).toSorted()).toEqual(Object.keys(contract.inputs.shape).toSorted())
    expect(Object.keys(metadata.outputs ?? {}).toSorted()).toEqual(contract.outputs.toSorted())
    const entries = [...Object.entries(inputs), ...Object.entries(metadata.outputs ?? {})]
    expect(entries.filter(([, { description }]) => !description?.trim()).map(([key]) => key)).toEqual([])
  })

  it.each(Object.keys(inputs))('says of the input %s what the schema says', (key) => {
    const { required = false, default: text } = inputs[key] ?? {}
    const absent = parsed(contract, key, undefined)
    const declared = text == null || text === '' ? { success: !required, data: undefined } : parsed(contract, key, text)
    expect(absent).toEqual(declared)
  })

  it('runs its bundle on Node 24', () => {
    expect(metadata.runs.using).toBe('node24')
    expect(metadata.runs.main).toBe(`../dist/${name}.mjs`)
  })

  it('stands in the table of docs/architecture.md with its inputs and outputs', () => {
    const [, , documentedInputs = '', documentedOutputs = ''] =
      architecture.find((line) => line.startsWith(`| \`${name}\` |`))?.split('|') ?? []
    const own = Object.keys(inputs).filter((key) => key !== 'role' && key !== 'token')
    expect(own.filter((key) => !documentedInputs.includes(`\`${key}\``))).toEqual([])
    expect(contract.outputs.filter((key) => !documentedOutputs.includes(`\`${key}\``))).toEqual([])
  })

  it('writes a job summary', () => {
    expect(readFileSync(`${root}src/${name}.ts`, 'utf8')).toMatch(/await writeSummary\(/)
  })

  it('keeps a shell of at most 40 lines', () => {
    expect(readFileSync(`${root}src/${name}.ts`, 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(40)
  })

  it('has a README that names permissions, usage and failure modes', () => {
    const readme = readFileSync(`${root}${name}/README.md`, 'utf8')
    for (const part of ['## Permissions', '## Usage', '## Failure modes']) expect(readme).toContain(part)
    const permissions = readme.slice(readme.indexOf('## Permissions'), readme.indexOf('## Usage'))
    for (const side of [/^GitHub: \S/m, /^IAM: \S/m]) expect(permissions).toMatch(side)
    expect(readme).toMatch(new RegExp(`uses: OWNER/REPO/actions/${name}@<sha>`))
    expect(readme).toContain('<!-- generated from action.yml: start -->')
    expect(readme).toContain('<!-- generated from action.yml: end -->')
  })
})
