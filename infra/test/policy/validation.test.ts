import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Stack, type App } from 'aws-cdk-lib'
import { CfnLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { afterAll, describe, expect, it } from 'vitest'
import { buildApp } from '../../lib/planning/synthesize.ts'
import { desiredState } from '../desired-state.ts'
import { profileState, wholeEdge } from '../templates.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-validation-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The app with CloudFormation's own rules and schemas, each finding an error (CDK makes them warnings otherwise). */
function strictApp(name: string, state = desiredState()): { app: App; report: () => string } {
  const outdir = join(folder, name)
  const { app } = buildApp(state, { outdir, context: { '@aws-cdk/core:validateAgainstDefaultRules': true } })
  return { app, report: () => readFileSync(join(outdir, 'validation-report.json'), 'utf8') }
}

describe("CloudFormation's own validation, strict", () => {
  it('finds nothing in any template', () => {
    const { app, report } = strictApp('as-they-are')
    expect(() => app.synth()).not.toThrow()
    expect(report()).not.toContain('"ruleName"')
  })

  it('finds nothing in three regions behind a distribution', () => {
    const { app, report } = strictApp('behind-the-edge', profileState('global', wholeEdge))
    expect(() => app.synth()).not.toThrow()
    expect(report()).not.toContain('"ruleName"')
  })

  it('is really asked: it finds a property that CloudFormation does not know', () => {
    const { app, report } = strictApp('broken')
    const [stack] = app.node.children.filter((child) => Stack.isStack(child))
    if (!stack) throw new Error('an app has stacks')
    new CfnLoadBalancer(stack, 'Broken', { type: 'application' }).addPropertyOverride('NoSuchProperty', true)
    const before = process.exitCode
    try {
      app.synth()
    } catch {
      // Whether it throws or marks the process is CDK's to choose: the report is what is judged.
    }
    process.exitCode = before
    expect(report()).toContain('NoSuchProperty')
  })
})
