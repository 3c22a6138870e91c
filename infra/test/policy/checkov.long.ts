import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeProblem } from '@sluice/core/failure'
import { referenceState } from '../../lib/cost/price-environment.ts'
import { readCostAssumptions } from '../../lib/cost/read-assumptions.ts'
import { buildTemplates } from '../../lib/planning/synthesize.ts'
import { checkovFinding, explainedCheckov, type CheckovFinding } from '../../lib/policy/checkov.ts'
import { judgeFindings } from '../../lib/policy/judge-findings.ts'
import { desiredState } from '../desired-state.ts'

interface Report {
  readonly summary: { readonly passed: number; readonly parsing_errors: number; readonly resource_count: number }
  readonly results: { readonly failed_checks: readonly CheckovFinding[] }
}

const tool = 'checkov'
const isThere = spawnSync(tool, ['--version']).status === 0
if (!isThere && process.env['SLUICE_REQUIRE'] === 'all') throw new Error(`expected ${tool} in PATH, found none`)

/** Its own checks of CloudFormation alone: nothing is fetched, and nobody is told. */
function check(folder: string): Report {
  const args = ['--directory', folder, '--framework', 'cloudformation', '--output', 'json', '--quiet', '--compact']
  const env = { ...process.env, BC_SKIP_MAPPING: 'TRUE', CHECKOV_RUN_SCA_PACKAGE_SCAN_V2: 'false' }
  const { stdout, stderr, error } = spawnSync(tool, [...args, '--skip-download', '--soft-fail'], {
    encoding: 'utf8',
    env,
    maxBuffer: 64 * 1024 * 1024,
  })
  if (error) throw error
  if (stdout.trim() === '') throw new Error(`${tool} said nothing: ${stderr}`)
  return JSON.parse(stdout) as Report
}

// Not installed here: .ci/run installs it and requires it.
describe.skipIf(!isThere)('checkov', () => {
  let folder: string
  let report: Report
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-checkov-'))
    cpSync(join(import.meta.dirname, '../../golden'), join(folder, 'golden'), { recursive: true })
    rmSync(join(folder, 'golden/stacks.json'))
    const assumptions = await readCostAssumptions()
    for (const profile of ['free', 'global']) {
      for (const [file, template] of buildTemplates(referenceState(desiredState(), profile, assumptions))) {
        if (!file.startsWith(`${profile}/`)) continue
        mkdirSync(dirname(join(folder, file)), { recursive: true })
        writeFileSync(join(folder, file), JSON.stringify(template, null, 1))
      }
    }
    report = check(folder)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('finds nothing in the golden templates and the other profiles that is not explained, and no explanation is unused', () => {
    expect(report.summary.parsing_errors).toBe(0)
    const findings = report.results.failed_checks.map(checkovFinding)
    const problems = judgeFindings(findings, explainedCheckov, new Date(), 'infra/lib/policy/checkov.ts')
    expect(problems.map(describeProblem)).toEqual([])
  })

  it('is really asked: it reads every resource, and finds what is broken', () => {
    expect(report.summary.resource_count).toBeGreaterThan(500)
    const broken = join(folder, 'broken')
    mkdirSync(broken)
    const file = 'sluice-prod-storage.template.json'
    const template = JSON.parse(readFileSync(join(folder, 'golden/prod', file), 'utf8')) as {
      Resources: Record<string, { Properties: Record<string, unknown> }>
    }
    delete template.Resources['Artifacts']?.Properties['PublicAccessBlockConfiguration']
    writeFileSync(join(broken, file), JSON.stringify(template))
    const found = check(broken).results.failed_checks.map(checkovFinding)
    expect(found).toContainEqual(expect.objectContaining({ rule: 'CKV_AWS_53', path: 'prod/storage/Artifacts' }))
  })
})
