import { describe, expect, it } from 'vitest'
import { describeProblem } from '@sluice/core/failure'
import { acknowledgements } from '../../lib/policy/acknowledgements.ts'
import { policyFindings } from '../../lib/policy/findings.ts'
import { judgeFindings, type Acknowledgement } from '../../lib/policy/judge-findings.ts'
import { readCostAssumptions } from '../../lib/cost/read-assumptions.ts'
import { referenceState } from '../../lib/cost/price-environment.ts'
import { buildApp } from '../../lib/planning/synthesize.ts'
import { desiredState } from '../desired-state.ts'

const state = desiredState()
const assumptions = await readCostAssumptions()
const findings = [
  ...policyFindings(buildApp(state).app),
  ...['free', 'global'].flatMap((profile) => policyFindings(buildApp(referenceState(state, profile, assumptions)).app)),
]

describe('AwsSolutions and NIST 800-53 R5', () => {
  it('find nothing that is not acknowledged, and no acknowledgement is unused or expired', () => {
    expect(judgeFindings(findings, acknowledgements, new Date()).map(describeProblem)).toEqual([])
  })

  it('are really asked: they find what is acknowledged', () => {
    expect(findings.some(({ rule }) => rule.startsWith('AwsSolutions-'))).toBe(true)
    expect(findings.some(({ rule }) => rule.startsWith('NIST.800.53.R5-'))).toBe(true)
  })

  it('are acknowledged by somebody, for a reason, until a day', () => {
    for (const { reason, owner, until } of acknowledgements) {
      expect(reason.length).toBeGreaterThan(20)
      expect(owner).toMatch(/^@[\w-]+\/?[\w-]+$/)
      expect(until).toMatch(/^\d{4}-\d{2}-\d{2}$/)
    }
  })
})

describe('judgeFindings', () => {
  const finding = { rule: 'AwsSolutions-IAM5[Action::s3:*]', path: 'prod/identity/Deploy', description: 'wildcard' }
  const acknowledged = (change: Partial<Acknowledgement> = {}): Acknowledgement => ({
    rule: 'AwsSolutions-IAM5*',
    path: '*/identity/*',
    reason: 'because of something',
    owner: '@acme/platform',
    until: '2026-12-31',
    ...change,
  })
  const judge = (acknowledgement: Acknowledgement, at = '2026-11-21T00:00:00Z') =>
    judgeFindings([finding], [acknowledgement], new Date(at)).map(({ message }) => message)

  it('lets an acknowledged finding stay', () => {
    expect(judge(acknowledged())).toEqual([])
  })

  it.each([
    ['another rule', { rule: 'AwsSolutions-IAM4*' }],
    ['another part', { path: '*/service/*' }],
    ['a prefix that is no whole', { rule: 'AwsSolutions-IAM5' }],
    ['a dot that is no dot', { path: 'prod.identity/Deploy' }],
  ])('reports a finding that only %s is acknowledged for, and that acknowledgement as unused', (_, change) => {
    const problems = judge(acknowledged(change))
    expect(problems).toHaveLength(2)
    expect(problems[0]).toContain('AwsSolutions-IAM5[Action::s3:*] at prod/identity/Deploy')
    expect(problems[1]).toContain('found nowhere')
  })

  it('holds through its last day and expires after it', () => {
    expect(judge(acknowledged(), '2026-12-31T23:59:59Z')).toEqual([])
    expect(judge(acknowledged(), '2027-01-01T00:00:00Z')).toEqual([expect.stringContaining('expired on 2026-12-31')])
  })
})
