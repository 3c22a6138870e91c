import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { whyNoNamespaces } from '../../src/runtime/process/probe.ts'
import { linear, startWorld, traffic } from './real-world.ts'

const unavailable = whyNoNamespaces()
const isRequired = process.env['SLUICE_REQUIRE'] === 'all'

describe.skipIf(unavailable !== undefined && !isRequired)(`real rollouts ${unavailable ?? ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-ecs-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  let world: Awaited<ReturnType<typeof startWorld>>
  beforeEach(async () => {
    world = await startWorld(folder)
  })
  afterEach(async () => world.close())

  it('shifts live traffic in steps, and no request fails', { timeout: 300_000 }, async () => {
    expect((await world.over()).status).toBe('SUCCESSFUL')
    const stop = traffic(world.urls.production)
    const hooks = [{ targetType: 'PAUSE', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] }]
    await world.send('UpdateService', {
      cluster: 'dev',
      service: 'web',
      taskDefinition: await world.register('two'),
      deploymentConfiguration: { ...linear, lifecycleHooks: hooks },
    })
    const paused = await world.deploymentThat('a pause', (now) => now.lifecycleHookDetails.length > 0)
    expect(await (await fetch(world.urls.test)).text()).toBe('two')
    expect(await (await fetch(world.urls.production)).text()).toBe('one')
    await world.send('ContinueServiceDeployment', {
      serviceDeploymentArn: paused.serviceDeploymentArn,
      hookId: paused.lifecycleHookDetails[0].hookId,
    })
    expect((await world.over()).status).toBe('SUCCESSFUL')
    const seen = await stop()
    expect(Object.keys(seen).sort()).toEqual(['one', 'two'])
    expect(seen['two']).toBeGreaterThan(20)
    expect(await (await fetch(world.urls.production)).text()).toBe('two')
  })

  it('a release that crashes ends in the breaker, unseen by traffic', { timeout: 300_000 }, async () => {
    expect((await world.over()).status).toBe('SUCCESSFUL')
    const stop = traffic(world.urls.production)
    await world.send('UpdateService', {
      cluster: 'dev',
      service: 'web',
      taskDefinition: await world.register('crash'),
      deploymentConfiguration: { ...linear, lifecycleHooks: [] },
    })
    const over = await world.over()
    expect(over.status).toBe('ROLLBACK_SUCCESSFUL')
    expect(over.statusReason).toBe('Service deployment rolled back because the circuit breaker threshold was exceeded.')
    expect(Object.keys(await stop())).toEqual(['one'])
  })
})
