import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../src/runner/clock.ts'
import { readDiagnosis } from '../src/aws/diagnosis.ts'
import { aLocalService } from './local-world/local-service.ts'
import { failures, startScenario } from './rollout-scenario.ts'

describe('a rollout on the local AWS, the longer ways', () => {
  let scenario: Awaited<ReturnType<typeof startScenario>>
  beforeEach(async () => {
    scenario = await startScenario()
  })
  afterEach(() => scenario.close())

  it('goes on after a kill: another runner finds the rollout by its handle and takes it to its end', async () => {
    const service = aLocalService('healthy-two', { strategy: 'CANARY', canaryPercent: 40, bakeTime: '1m' })
    await scenario.sendTraffic()
    const { handle } = await scenario.begin(service)
    let sleeps = 0
    const mortal = {
      ...systemClock,
      sleep: (milliseconds: number) => {
        if (++sleeps > 4) throw new Error('killed')
        return systemClock.sleep(milliseconds)
      },
    }
    await expect(scenario.analyze(handle, service, mortal)).rejects.toThrow('killed')
    const again = await scenario.begin(service, 'run-2')
    expect(again).toMatchObject({ how: 'resumed', handle: { serviceDeploymentArn: handle.serviceDeploymentArn } })
    expect((await scenario.analyze(again.handle, service)).outcome).toBe('pass')
    expect(failures(await scenario.endTraffic())).toEqual([])
  })

  it('lands a rolling release, and returns from it', async () => {
    const service = aLocalService('healthy-two', { strategy: 'ROLLING' })
    await scenario.sendTraffic()
    const { handle } = await scenario.begin(service)
    expect((await scenario.analyze(handle, service)).outcome).toBe('pass')
    expect(await scenario.rollBack(handle, 'by hand')).toMatchObject({ outcome: 'rolled-back' })
    const seen = await scenario.endTraffic()
    expect(failures(seen)).toEqual([])
    expect(seen['200 1.0.0-healthy-two']).toBeGreaterThan(10)
  })

  it('catches a faulty rolling release after it has landed, by the ceiling', async () => {
    const service = aLocalService('errors-two', { strategy: 'ROLLING' })
    await scenario.sendTraffic()
    const { handle } = await scenario.begin(service)
    const { outcome, reason } = await scenario.analyze(handle, service)
    expect(outcome).toBe('fail')
    expect(reason).toContain('above the 3 % ceiling')
    expect((await scenario.rollBack(handle, reason)).outcome).toBe('rolled-back')
  })

  it('tells why a release never became healthy', async () => {
    const service = aLocalService('never-healthy-two', { strategy: 'BLUE_GREEN', bakeTime: '1m' })
    const { handle } = await scenario.begin(service)
    const { outcome, reason, view } = await scenario.analyze(handle, service)
    expect(outcome).toBe('fail')
    expect(reason).toContain('circuit breaker threshold was exceeded')
    const facts = await readDiagnosis(scenario.world.clients, handle, view)
    expect(facts.stoppedTasks.length).toBeGreaterThan(0)
    expect(facts.events.map(({ message }) => message).join('\n')).not.toContain('could not be read')
  })
})
