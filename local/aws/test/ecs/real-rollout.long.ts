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

  it('a release that never becomes healthy ends in the breaker, unseen by traffic', { timeout: 300_000 }, async () => {
    expect((await world.over()).status).toBe('SUCCESSFUL')
    const stop = traffic(world.urls.production)
    await world.send('UpdateService', {
      cluster: 'dev',
      service: 'web',
      taskDefinition: await world.register('never-healthy'),
      deploymentConfiguration: { ...linear, lifecycleHooks: [] },
    })
    const over = await world.over()
    expect(over.status).toBe('ROLLBACK_SUCCESSFUL')
    expect(over.statusReason).toBe('Service deployment rolled back because the circuit breaker threshold was exceeded.')
    expect(Object.keys(await stop())).toEqual(['one'])
  })
})
