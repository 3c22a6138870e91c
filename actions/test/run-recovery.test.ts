import { readFileSync } from 'node:fs'
import { names } from '@sluice/core/names'
import { describe, expect, it } from 'vitest'
import { environmentFiles, writeFolder } from './fakes/environments.ts'
import { fakeRegions, type FakeRegions } from './fakes/region-switch-server.ts'
import { runEntry } from './fakes/run-entry.ts'

const time = (objectiveSeconds: number) => ({
  seconds: 30,
  objectiveSeconds,
  phases: [{ name: 'notice', seconds: 10 }],
})
const expected = JSON.stringify({
  environment: 'prod',
  read: time(60),
  write: time(300),
  recoveryPoint: { objectiveSeconds: 1 },
})
const twoRegions = writeFolder({
  ...environmentFiles,
  'environments/prod/environment.yaml':
    'account: "000000000000"\nregions: [us-east-1, us-west-2]\npromotion: { from: dev, approvals: 2 }\ntopology: { profile: production, physicalClusters: 1 }\n',
})

/** The actions of the role that dr-drill.yml takes, from the committed template. */
function grantedToRecovery(): string[] {
  const file = new URL('../../infra/golden/prod/sluice-prod-identity.template.json', import.meta.url)
  const { Resources } = JSON.parse(readFileSync(file, 'utf8')) as {
    Resources: Record<
      string,
      { Properties: { RoleName?: string; Policies?: { PolicyDocument: { Statement: { Action: string[] }[] } }[] } }
    >
  }
  const role = Object.values(Resources).find(({ Properties }) => Properties.RoleName === names.role.recovery('prod'))
  const statements = role?.Properties.Policies?.flatMap(({ PolicyDocument }) => PolicyDocument.Statement) ?? []
  return statements.flatMap(({ Action }) => Action)
}

const run = (world: FakeRegions, inputs: Readonly<Record<string, string>> = {}, workspace = twoRegions) =>
  runEntry(
    'run-recovery',
    {
      environment: 'prod',
      mode: 'failover',
      reason: 'us-east-1 is gone',
      expected,
      url: `${world.origin}/client`,
      'read-path': '/client/read',
      'write-path': '/client/write',
      ...inputs,
    },
    { AWS_ENDPOINT_URL: world.origin, GITHUB_WORKSPACE: workspace },
  )

describe('run-recovery', () => {
  it('starts the plan in the region that takes over, follows it and says how long it took', async () => {
    const world = await fakeRegions()
    const { code, log, outputs, summary } = await run(world)
    expect(log).toContain('1 of 1 writers there, reads answered, writes answered')
    expect(code).toBe(0)
    expect(outputs).toMatchObject({ region: 'us-west-2', outcome: 'pass' })
    const measured = JSON.parse(outputs['measured'] ?? '[]') as { name: string; seconds: number }[]
    const secondsOf = (name: string) => measured.find((one) => one.name === name)?.seconds
    expect(secondsOf('reads')).toBe(0)
    expect(secondsOf('recovery point')).toBe(0.48)
    expect(secondsOf('writes')).toBeGreaterThanOrEqual(1.5)
    expect(summary).toContain('### ✅ prod to us-west-2 by failover')
    const started = world.calls.filter(({ operation }) => operation === 'StartPlanExecution')
    expect(started).toEqual([
      {
        operation: 'StartPlanExecution',
        region: 'us-west-2',
        input: {
          planArn: 'arn:aws:arc-region-switch::000000000000:plan/sluice-prod-us-west-2:abc123',
          targetRegion: 'us-west-2',
          action: 'activate',
          mode: 'ungraceful',
          comment: 'us-east-1 is gone [sluice-4711]',
          clientToken: 'sluice-4711',
        },
      },
    ])
  })

  it('calls what its role is granted, all of it, and nothing else', async () => {
    const world = await fakeRegions()
    await run(world)
    const called = world.calls.map(({ operation }) =>
      operation === 'DescribeGlobalClusters'
        ? `rds:${operation}`
        : operation === 'GetMetricData'
          ? `cloudwatch:${operation}`
          : `arc-region-switch:${operation}`,
    )
    expect([...new Set(called)].toSorted()).toEqual(grantedToRecovery().toSorted())
  })

  it('follows what an attempt before it has started, and starts nothing', async () => {
    const world = await fakeRegions()
    const input = { targetRegion: 'us-west-2', mode: 'ungraceful', comment: 'us-east-1 is gone [sluice-4711]' }
    world.executions.push({ id: 'e0', startedAt: Date.now() - 60_000, input })
    const { log } = await run(world)
    expect(log).toContain('sluice-prod-us-west-2: following e0')
    expect(world.executions).toHaveLength(1)
  })

  it('is red above an objective', async () => {
    const world = await fakeRegions()
    const late = JSON.stringify({ ...JSON.parse(expected), write: time(11) })
    const { code, outputs, log } = await run(world, { expected: late })
    expect([code, outputs['outcome']]).toEqual([1, 'fail'])
    expect(log).toMatch(/writes: \d+(\.\d)? s \(10 s of them to notice and decide\), above the objective of 11 s/)
  })

  it('asks again when ARC is throttled, and tells what it refuses', async () => {
    const world = await fakeRegions()
    const throttled = { status: 400, body: { __type: 'ThrottlingException', message: 'Rate exceeded' } }
    const denied = { status: 403, body: { __type: 'AccessDeniedException', message: 'not you' } }
    world.failures.set('GetPlanEvaluationStatus', [throttled, throttled])
    world.failures.set('StartPlanExecution', [denied])
    const { code, log } = await run(world)
    expect(world.calls.filter(({ operation }) => operation === 'GetPlanEvaluationStatus')).toHaveLength(3)
    expect(world.calls.filter(({ operation }) => operation === 'StartPlanExecution')).toHaveLength(1)
    expect([code, world.executions]).toEqual([1, []])
    expect(log).toContain('StartPlanExecution: not you')
  })

  it('shows the plan and starts nothing when that is all that is wanted', async () => {
    const world = await fakeRegions()
    const { code, summary } = await run(world, { 'plan-only': 'true' })
    expect([code, world.executions]).toEqual([0, []])
    expect(summary).toContain('| 0 | 0, 1, 2, 3, 4, 5, 6, 7 | us-east-1 | us-west-2 |')
  })

  it.each([
    ['an environment of one region', { environment: 'dev' }, 'expected another region in environments/dev'],
    ['a mode that is none', { mode: 'switch' }, 'input "mode"'],
    ['an expectation that is none', { expected: '{}' }, 'input "expected'],
    ['a region of another environment', { region: 'eu-west-1' }, 'expected one of us-east-1, us-west-2'],
  ])('refuses %s before anything is started', async (_, inputs, message) => {
    const world = await fakeRegions()
    const { code, log } = await run(world, inputs)
    expect(log).toContain(message)
    expect([code, world.executions]).toEqual([1, []])
  })
})
