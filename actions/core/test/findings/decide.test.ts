import { describe, expect, it } from 'vitest'
import type { FindingsPolicy } from '../../src/environment/policy.ts'
import { decideFindings } from '../../src/findings/decide.ts'
import { dedupeFindings, type Finding, type ScanReport } from '../../src/findings/finding.ts'
import { findingsSarif } from '../../src/findings/sarif.ts'

const finding = (values: Partial<Finding> = {}): Finding => ({
  scanner: 'npm-audit',
  id: 'GHSA-1',
  aliases: ['CVE-1'],
  title: 'prototype pollution',
  severity: 'high',
  package: { name: 'lodash', version: '4.17.15' },
  fixedIn: '4.17.21',
  ...values,
})
const report = (values: Partial<ScanReport> = {}): ScanReport => ({
  scanner: 'npm-audit',
  status: 'ran',
  detail: '3 packages',
  examined: 3,
  findings: [],
  scannedAt: '2026-11-21T10:00:00.000Z',
  ...values,
})
const policy = (values: Partial<FindingsPolicy> = {}): FindingsPolicy => ({
  required: { dev: ['npm-audit'] },
  fail: { severity: 'high', fixAvailableOnly: false },
  ignores: [],
  ...values,
})
const ignore = { id: 'CVE-1', reason: 'we never call it', owner: '@acme/registry', expires: '2026-12-01' }
const decide = (reports: ScanReport[], rules = policy()) => decideFindings(reports, rules, 'dev', '2026-11-21')

describe('a required scanner', () => {
  it.each<[string, ScanReport[], string]>([
    ['that left no report', [], 'npm-audit is required in dev and left no report'],
    ['that failed', [report({ status: 'failed', detail: 'npm broke' })], 'failed: npm broke'],
    ['that did not run', [report({ status: 'not-run', detail: 'no token' })], 'did not run: no token'],
    ['that looked at nothing', [report({ examined: 0 })], 'looked at nothing'],
    ['of which one of two reports failed', [report(), report({ status: 'failed', detail: 'x' })], 'failed: x'],
  ])('%s is a fail', (_what, reports, reason) => {
    const decision = decide(reports)
    expect(decision.outcome).toBe('fail')
    expect(decision.reason).toContain(reason)
  })

  it('that ran and found nothing is a pass', () => {
    expect(decide([report()])).toMatchObject({ outcome: 'pass', reason: '0 of 0 findings fail (npm-audit)' })
  })
})

it('fails an environment that the policy does not know', () => {
  expect(decideFindings([report()], policy(), 'prod', '2026-11-21')).toMatchObject({ outcome: 'fail' })
})

it('does not mind a scanner that is not required', () => {
  const other = report({ scanner: 'snyk', status: 'not-run', detail: 'there is no SNYK_TOKEN' })
  expect(decide([report(), other]).outcome).toBe('pass')
})

it.each<[string, Partial<Finding>, Partial<FindingsPolicy>, 'pass' | 'fail']>([
  ['at the threshold', {}, {}, 'fail'],
  ['above it', { severity: 'critical' }, {}, 'fail'],
  ['below it', { severity: 'medium' }, {}, 'pass'],
  [
    'without a fix where only those with one fail',
    { fixedIn: undefined },
    { fail: { severity: 'high', fixAvailableOnly: true } },
    'pass',
  ],
  ['that is ignored by an alias', {}, { ignores: [ignore] }, 'pass'],
  ['whose ignore ended yesterday', {}, { ignores: [{ ...ignore, expires: '2026-11-20' }] }, 'fail'],
  ['whose ignore ends today', {}, { ignores: [{ ...ignore, expires: '2026-11-21' }] }, 'pass'],
  ['ignored in another package', {}, { ignores: [{ ...ignore, package: 'underscore' }] }, 'fail'],
])('judges a finding %s', (_what, values, rules, outcome) => {
  expect(decide([report({ findings: [finding(values)] })], policy(rules)).outcome).toBe(outcome)
})

it('names the finding, where it is and what mends it', () => {
  const { reason, findings } = decide([report({ findings: [finding()] })])
  expect(reason).toContain('high GHSA-1 in lodash@4.17.15: prototype pollution')
  expect(findings[0]?.why).toBe('high, high and above fail; mended in 4.17.21')
})

it('reports ignores that ended or match nothing', () => {
  const ignores = [
    { ...ignore, expires: '2026-11-20' },
    { ...ignore, id: 'CVE-9' },
  ]
  expect(decide([report()], policy({ ignores })).staleIgnores).toEqual([
    'the ignore of CVE-1 (@acme/registry) ended on 2026-11-20',
    'the ignore of CVE-9 (@acme/registry) matches no finding',
  ])
})

describe('findings that mean the same', () => {
  it('are told once, with the highest severity and all names', () => {
    const other = finding({ scanner: 'snyk', id: 'SNYK-1', aliases: ['CVE-1'], severity: 'critical' })
    expect(dedupeFindings([finding(), other])).toEqual([
      finding({ severity: 'critical', aliases: ['CVE-1', 'SNYK-1'] }),
    ])
  })

  it('are two in two packages', () => {
    expect(dedupeFindings([finding(), finding({ package: { name: 'underscore', version: '1.0.0' } })])).toHaveLength(2)
  })
})

it('writes SARIF with stable fingerprints, and ignores as suppressions', () => {
  const rules = policy({ ignores: [ignore] })
  const sarif = (version: string) => {
    const found = finding({ package: { name: 'lodash', version } })
    return findingsSarif(decide([report({ findings: [found] })], rules).findings) as unknown as {
      runs: Array<{ results: Array<{ suppressions: unknown; partialFingerprints: unknown }> }>
    }
  }
  const [first, second] = [sarif('4.17.15'), sarif('4.17.16')].map((log) => log.runs[0]?.results[0])
  expect(first?.suppressions).toEqual([
    { kind: 'external', justification: 'we never call it (@acme/registry, until 2026-12-01)' },
  ])
  expect(first?.partialFingerprints).toEqual(second?.partialFingerprints)
})
