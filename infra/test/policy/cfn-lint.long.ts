import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { synthesize } from '../../lib/planning/synthesize.ts'

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
    expect(files.length).toBeGreaterThan(10)
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
