import { beforeEach, describe, expect, it } from 'vitest'
import { analyzeRollout, type AnalyzePorts, type AnalyzeRequest } from '../../src/analysis/analyze.ts'
import { replay } from '../../src/analysis/bundle.ts'
import type { ArmCounts, Measurement } from '../../src/analysis/measurement.ts'
import { analysisSchema } from '../../src/environment/gates.ts'
import type { GateResult } from '../../src/gate-result.ts'
import { aDeployment, aHandle, aPause, digest, FakeClock, FakeDeployments, start } from '../rollout/fakes.ts'
import { aMeasurement } from './measurements.ts'

const gate = (changes: Partial<GateResult> = {}): GateResult => ({
  gate: 'tests',
  outcome: 'pass',
  reason: 'api passed',
  figures: {},
  startedAt: start.toISOString(),
  finishedAt: start.toISOString(),
  ...changes,
})
const analysis = analysisSchema.parse({ interval: '60s', timeout: '10m', metrics: ['errors'] })

describe('analyzeRollout', () => {
  let clock: FakeClock
  let deployments: FakeDeployments
  let canary: Partial<ArmCounts>
  let digests: string[]
  let ports: AnalyzePorts
  let request: AnalyzeRequest

  /** Every answer takes the rollout a quarter further; after the last it lands. */
  const walkOn = () => {
    let step = 0
    deployments.onAnswer = (_hook, action) => {
      if (action === 'ROLLBACK')
        return deployments.change('arn:deployment/1', { status: 'ROLLBACK_SUCCESSFUL', hooks: [] })
      step += 1
      // Two pauses before any production traffic, then one before each of the next steps of 25 %.
      const weight = Math.max(0, step - 1) * 25
      if (weight < 100) deployments.change('arn:deployment/1', aPause(`hook-${step}`, weight))
      else deployments.change('arn:deployment/1', { status: 'SUCCESSFUL', hooks: [] })
    }
  }

  beforeEach(() => {
    clock = new FakeClock()
    deployments = new FakeDeployments()
    deployments.put(aDeployment(aPause('hook-0', 0)))
    canary = { requests: 400 }
    digests = [digest]
    walkOn()
    ports = {
      deployments,
      clock,
      random: () => 0.5,
      report: () => {},
      measure: async () => {
        const minutes = Math.floor(clock.seconds / 60)
        return Array.from({ length: minutes }, (_, minute): Measurement =>
          aMeasurement(minute, canary, { requests: 1200 }),
        )
      },
      runningDigests: async () => digests,
    }
    request = { handle: aHandle(), analysis, requiredGates: ['tests'], gates: [gate()] }
  })

  it('continues by the gates before production traffic, then by the judge at every step, to the approved digest', async () => {
    const result = await analyzeRollout(ports, request)
    expect(result.outcome).toBe('pass')
    expect(deployments.answers).toEqual([
      'hook-0 CONTINUE',
      'hook-1 CONTINUE',
      'hook-2 CONTINUE',
      'hook-3 CONTINUE',
      'hook-4 CONTINUE',
    ])
    expect(result.answers.map(({ productionWeight }) => productionWeight)).toEqual([0, 0, 25, 50, 75])
  })

  it('takes no evidence from before a shift for a pass after it', async () => {
    const result = await analyzeRollout(ports, request)
    const steps = result.answers.slice(2)
    expect(steps.every(({ seconds }) => seconds >= 60)).toBe(true)
  })

  it.each([
    ['a failed gate', [gate({ outcome: 'fail', reason: 'api ended with 1' })], 'fail', 'api ended with 1'],
    ['an undecided gate', [gate({ outcome: 'inconclusive', reason: 'timed out' })], 'inconclusive', 'timed out'],
    ['a gate that did not run', [], 'inconclusive', 'the gate tests did not run'],
  ])('rolls back before any production traffic on %s', async (_, gates, outcome, reason) => {
    const result = await analyzeRollout(ports, { ...request, gates })
    expect(deployments.answers).toEqual(['hook-0 ROLLBACK'])
    expect(result.outcome).toBe(outcome)
    expect(result.reason).toContain(reason)
  })

  it('rolls back at the first step where the new revision is worse, and says by how much', async () => {
    canary = { requests: 400, errors: 20 }
    const result = await analyzeRollout(ports, request)
    expect(deployments.answers).toEqual(['hook-0 CONTINUE', 'hook-1 CONTINUE', 'hook-2 ROLLBACK'])
    expect(result.outcome).toBe('fail')
    expect(result.reason).toMatch(/errors: \d+ of \d+ requests \(5 %\) against 0 of/)
  })

  it('rolls back when nothing was decided in time: silence is no pass', async () => {
    canary = { requests: 0 }
    const result = await analyzeRollout(ports, request)
    expect(result).toMatchObject({ outcome: 'inconclusive' })
    expect(result.reason).toContain('undecided after 10m')
    expect(clock.seconds).toBeGreaterThanOrEqual(600)
    expect(deployments.answers.at(-1)).toBe('hook-2 ROLLBACK')
  })

  it('stops a rollout that fails while it bakes', async () => {
    deployments.put(
      aDeployment({ lifecycleStage: 'BAKE_TIME', target: { ...aDeployment().target, productionWeight: 100 } }),
    )
    ports = { ...ports, measure: async () => [aMeasurement(0, { requests: 400, errors: 200 })] }
    deployments.onStop = (arn) => deployments.change(arn, { status: 'ROLLBACK_SUCCESSFUL' })
    const result = await analyzeRollout(ports, request)
    expect(deployments.stopped).toEqual(['arn:deployment/1'])
    expect(result.outcome).toBe('fail')
  })

  it('goes on where a killed run was, from the handle alone', async () => {
    deployments.put(aDeployment(aPause('hook-3', 50)))
    deployments.onAnswer = () => deployments.change('arn:deployment/1', { status: 'SUCCESSFUL', hooks: [] })
    expect((await analyzeRollout(ports, { ...request, gates: [] })).outcome).toBe('pass')
    expect(deployments.answers).toEqual(['hook-3 CONTINUE'])
  })

  it.each([
    ['another digest runs', ['sha256:other'], 'sha256:other runs where'],
    ['ECS names none', [], 'no running digest'],
  ])('does not pass when it landed and %s', async (_, running, reason) => {
    digests = running
    const result = await analyzeRollout(ports, request)
    expect(result.outcome).toBe('fail')
    expect(result.reason).toContain(reason)
  })

  it('reports what ECS did by itself', async () => {
    deployments.put(
      aDeployment({ status: 'ROLLBACK_SUCCESSFUL', statusReason: 'the circuit breaker threshold was exceeded.' }),
    )
    expect(await analyzeRollout(ports, request)).toMatchObject({
      outcome: 'fail',
      reason: 'rolled-back: the circuit breaker threshold was exceeded.',
    })
  })

  it.each([
    ['healthy', {}, 'pass'],
    ['faulty', { errors: 20 }, 'fail'],
  ])('leaves a bundle that replays to the same verdicts: %s', async (_, extra, outcome) => {
    canary = { requests: 400, ...extra }
    const { bundle } = await analyzeRollout(ports, request)
    const copy = JSON.parse(JSON.stringify(bundle)) as typeof bundle
    expect(copy.outcome).toBe(outcome)
    expect(copy.looks.length).toBeGreaterThan(0)
    expect(replay(copy).map(({ isSame }) => isSame)).toEqual(copy.looks.map(() => true))
  })

  it('does not replay to the same verdict when a count was altered', async () => {
    const { bundle } = await analyzeRollout(ports, request)
    const altered = JSON.parse(JSON.stringify(bundle)) as typeof bundle
    for (const { measurements } of altered.looks) for (const { canary } of measurements) canary.errors = 200
    expect(replay(altered).some(({ isSame }) => !isSame)).toBe(true)
  })
})
