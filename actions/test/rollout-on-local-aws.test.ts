import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { names } from '@sluice/core/names'
import { holdSchema } from '@sluice/core/rollout/hold'
import { aLocalService, digestOf } from './local-world/local-service.ts'
import { failures, startScenario } from './rollout-scenario.ts'

const linear = { strategy: 'LINEAR', stepPercent: 50, bakeTime: '1m', pauses: { timeout: '240m' } }

/** A whole rollout, from pre-flight to roll back, by the adapters and the core, over the local ECS and load balancers. */
describe('a rollout on the local AWS', { timeout: 240_000 }, () => {
  let scenario: Awaited<ReturnType<typeof startScenario>>
  beforeEach(async () => {
    scenario = await startScenario()
  })
  afterEach(() => scenario.close())

  it('lands a healthy release step by step, without a failed request, and is left alone after', async () => {
    const service = aLocalService('healthy-two', linear, { migrate: { command: ['node', 'migrate.ts'] } })
    const url = await scenario.sendTraffic()
    const { how, handle } = await scenario.begin(service)
    expect(how).toBe('started')
    expect(handle).toMatchObject({ productionUrl: url, strategy: 'LINEAR', image: `web@${digestOf('healthy-two')}` })
    expect(scenario.lines.join('\n')).toContain('migrations: exit code 0')

    const { outcome, reason, answers } = await scenario.analyze(handle, service)
    expect(reason).toContain('landed with the approved digest')
    expect(outcome).toBe('pass')
    const steps = answers.map(({ productionWeight, action }) => `${productionWeight} ${action}`)
    expect(steps).toEqual(['0 CONTINUE', '0 CONTINUE', '50 CONTINUE'])

    const seen = await scenario.endTraffic()
    expect(failures(seen)).toEqual([])
    expect(seen['200 1.0.0-healthy-two']).toBeGreaterThan(20)
    expect((await scenario.begin(service, 'run-2')).how).toBe('unchanged')
  })

  it('rolls a faulty release back at its first judged step, says why, holds it and keeps it out', async () => {
    const service = aLocalService('errors-two', linear)
    await scenario.sendTraffic()
    const { handle } = await scenario.begin(service)
    const { outcome, reason, answers } = await scenario.analyze(handle, service)
    expect(outcome).toBe('fail')
    expect(reason).toMatch(/errors: \d+ of \d+ requests \(2\d.*%\) against 0 of \d+ .* more than 1\.2 times/)
    expect(answers.at(-1)).toMatchObject({ productionWeight: 50, action: 'ROLLBACK' })

    expect((await scenario.rollBack(handle, reason)).outcome).toBe('rolled-back')
    const hold = scenario.world.parameters.get(names.holdParameter('prod', 'web')) ?? ''
    expect(holdSchema.parse(JSON.parse(hold))).toMatchObject({ digest: digestOf('errors-two'), reason })
    const { taskDefinition } = await scenario.world.call<{ taskDefinition: { status: string } }>(
      'ecs',
      'DescribeTaskDefinition',
      { taskDefinition: handle.taskDefinitionArn },
    )
    expect(taskDefinition.status).toBe('INACTIVE')
    await expect(scenario.begin(service)).rejects.toThrow(/is held in prod since .*: errors: /)
  })

  it('refuses a canary for a service without traffic, before anything changes', async () => {
    await expect(scenario.begin(aLocalService('healthy-two', linear))).rejects.toThrow(
      /too thin for the judge: 0\.0 requests a second x 50 %/,
    )
  })
})
