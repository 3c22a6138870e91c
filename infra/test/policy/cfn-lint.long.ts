import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { referenceState } from '../../lib/cost/price-environment.ts'
import { readCostAssumptions } from '../../lib/cost/read-assumptions.ts'
import { buildTemplates, synthesize } from '../../lib/planning/synthesize.ts'
import { desiredState } from '../desired-state.ts'

interface Finding {
  readonly Rule: { readonly Id: string }
  readonly Message: string
  readonly Filename: string
}

const tool = 'cfn-lint'
const isThere = spawnSync(tool, ['--version']).status === 0
if (!isThere && process.env['SLUICE_REQUIRE'] === 'all') throw new Error(`expected ${tool} in PATH, found none`)

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-linters-'))
  await synthesize({ environmentsFolder: join(import.meta.dirname, '../../../environments'), out: folder })
  // What this repository's own environments have not: other regions, the edge, recovery. One other region is like the next.
  const global = buildTemplates(referenceState(desiredState(), 'global', await readCostAssumptions()))
  for (const [file, template] of global) {
    if (!file.startsWith('global/') || file.includes('.eu-west-1.')) continue
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), JSON.stringify(template))
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function lint(files: readonly string[]): Finding[] {
  const { stdout, stderr, error } = spawnSync(tool, ['--format', 'json', '--', ...files], { encoding: 'utf8' })
  if (error) throw error
  if (stdout.trim() === '') throw new Error(`${tool} said nothing: ${stderr}`)
  return JSON.parse(stdout) as Finding[]
}

// Not installed here: .ci/run installs it and requires it.
describe.skipIf(!isThere)('cfn-lint', () => {
  it('finds nothing in any template', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'))
    for (const part of ['edge', 'origin.us-west-2', 'recovery', 'data.us-west-2'])
      expect(files).toContain(`global/sluice-global-${part}.template.json`)
    const found = lint(files.map((file) => join(folder, file)))
    expect(
      found.map(({ Rule, Message, Filename }) => `${Rule.Id} ${Filename.slice(folder.length)}: ${Message}`),
    ).toEqual([])
  })

  it('is really asked: it finds what is broken', () => {
    const file = join(folder, 'prod/sluice-prod-service.template.json')
    const template = JSON.parse(readFileSync(file, 'utf8')) as { Resources: Record<string, object> }
    template.Resources['Broken'] = { Type: 'AWS::SNS::Topic', Properties: { NoSuchProperty: true } }
    const broken = join(folder, 'broken.template.json')
    writeFileSync(broken, JSON.stringify(template))
    expect(lint([broken]).map(({ Rule }) => Rule.Id)).toContain('E3002')
  })
})
