import { cpSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { AwsError } from '../../src/endpoint/service.ts'
import { emptyStateFolder, fakeEcs, type FakeEcs } from './fakes.ts'
import { groups, register, rules, runningService, strategies } from './service-fixture.ts'

/** What people, clocks and accidents do to a service, in any order. */
const happening = fc.oneof(
  fc.record({
    what: fc.constant('update' as const),
    image: fc.constantFrom('better', 'crashing', 'sick', 'missing'),
    strategy: fc.constantFrom('BLUE_GREEN', 'LINEAR', 'CANARY', 'ROLLING'),
    pauses: fc.subarray([
      'RECONCILE_SERVICE',
      'PRE_SCALE_UP',
      'POST_TEST_TRAFFIC_SHIFT',
      'PRE_PRODUCTION_TRAFFIC_SHIFT',
    ]),
  }),
  fc.record({ what: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ what: fc.constant('answer' as const), action: fc.constantFrom('CONTINUE', 'CONTINUE', 'ROLLBACK') }),
  fc.record({ what: fc.constant('stop' as const) }),
  fc.record({ what: fc.constant('scale' as const), desiredCount: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ what: fc.constant('kill' as const) }),
)
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never

const service = async ({ send }: FakeEcs) =>
  (await send('DescribeServices', { cluster: 'dev', services: ['web'] })).services[0]
const deployment = async (ecs: FakeEcs) =>
  (
    await ecs.send('DescribeServiceDeployments', {
      serviceDeploymentArns: [(await service(ecs)).currentServiceDeployment],
    })
  ).serviceDeployments[0]
const isOver = (status: string) => ['SUCCESSFUL', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED', 'STOPPED'].includes(status)

async function carryOut(ecs: FakeEcs, event: Happening): Promise<FakeEcs> {
  switch (event.what) {
    case 'update':
      await ecs.send('UpdateService', {
        cluster: 'dev',
        service: 'web',
        taskDefinition: await register(ecs, event.image),
        deploymentConfiguration: {
          ...strategies[event.strategy],
          lifecycleHooks: event.pauses.length === 0 ? [] : [{ targetType: 'PAUSE', lifecycleStages: event.pauses }],
        },
      })
      return ecs
    case 'wait':
      for (let second = 0; second < event.seconds; second++) await ecs.clock.advance(1000)
      return ecs
    case 'answer':
      await answerAll(ecs, event.action)
      return ecs
    case 'stop': {
      const { serviceDeploymentArn } = await deployment(ecs)
      await ecs.send('StopServiceDeployment', { serviceDeploymentArn }).catch((error: unknown) => {
        // It may be over by now: ECS says so.
        if (!(error instanceof AwsError && error.code === 'ConflictException')) throw error
      })
      return ecs
    }
    case 'scale':
      await ecs.send('UpdateService', { cluster: 'dev', service: 'web', desiredCount: event.desiredCount })
      return ecs
    case 'kill': {
      const stateFolder = emptyStateFolder()
      cpSync(ecs.stateFolder, stateFolder, { recursive: true })
      await ecs.ecs.close()
      ecs.world.running.clear()
      return fakeEcs(ecs.world, ecs.clock, stateFolder)
    }
    default:
      throw new Error(`unknown event ${JSON.stringify(event satisfies never)}`)
  }
}

async function answerAll(ecs: FakeEcs, action: string): Promise<void> {
  const { serviceDeploymentArn, status, lifecycleHookDetails } = await deployment(ecs)
  if (status !== 'IN_PROGRESS') return
  for (const hook of lifecycleHookDetails) {
    if (hook.status !== 'AWAITING_ACTION') continue
    await ecs.send('ContinueServiceDeployment', { serviceDeploymentArn, hookId: hook.hookId, action })
    if (action === 'ROLLBACK') return
  }
}

/** What this test has found before. */
const update = (strategy: 'ROLLING' | 'BLUE_GREEN', pauses: string[] = []): Happening => ({
  what: 'update',
  image: 'better',
  strategy,
  pauses,
})
const found: Array<[Happening[]]> = [
  [[update('ROLLING'), { what: 'kill' }]],
  [[update('ROLLING'), { what: 'wait', seconds: 1 }, update('BLUE_GREEN')]],
  [[update('BLUE_GREEN'), update('ROLLING'), { what: 'kill' }]],
]

test('whatever happens, weights add up, traffic goes to healthy tasks, and the last good or the new revision is left alone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 8 }), async (happenings) => {
      let ecs: FakeEcs = await runningService(strategies['BLUE_GREEN'])
      const { world } = ecs
      world.behaviours.set('crashing', { exits: { exitCode: 1 } })
      world.behaviours.set('sick', { health: 'unhealthy' })
      world.behaviours.set('missing', { missing: true })
      const setWeights = world.balancing.setWeights.bind(world.balancing)
      const toNobody: string[] = []
      let killed = false
      world.balancing.setWeights = (rule, weights) => {
        expect(weights.reduce((sum, { weight }) => sum + weight, 0)).toBe(100)
        for (const { targetGroupArn, weight } of weights) {
          const able = world.balancing.health(targetGroupArn).some(({ state }) => state === 'healthy')
          if (weight > 0 && !able && !killed) toNobody.push(`${rule} ${targetGroupArn} ${weight}`)
        }
        setWeights(rule, weights)
      }
      for (const event of happenings) {
        killed ||= event.what === 'kill'
        ecs = await carryOut(ecs, event)
      }
      for (let second = 0; second < 1800 && !isOver((await deployment(ecs)).status); second++) {
        await answerAll(ecs, 'CONTINUE')
        await ecs.clock.advance(1000)
      }
      const last = await deployment(ecs)
      expect(last.status).toMatch(/^(?:SUCCESSFUL|ROLLBACK_SUCCESSFUL)$/)
      expect(toNobody).toEqual([])
      const staying = last.rollback?.serviceRevisionArn ?? last.targetServiceRevision.arn
      await ecs.until('steady', async () => (await service(ecs)).runningCount === (await service(ecs)).desiredCount)
      const now = await service(ecs)
      expect(now.deployments.map(({ id }: { id: string }) => id)).toEqual([`ecs-svc/${staying.split('/').at(-1)}`])
      expect(world.running.size).toBe(now.desiredCount)
      const { serviceRevisions } = await ecs.send('DescribeServiceRevisions', { serviceRevisionArns: [staying] })
      const [{ targetGroupArn }] = serviceRevisions[0].resolvedConfiguration.loadBalancers
      const weights = world.rules.get(rules.production) ?? []
      expect(weights.find(({ weight }) => weight > 0)).toMatchObject({ targetGroupArn, weight: 100 })
      expect([...(world.groups.get(targetGroupArn)?.keys() ?? [])]).toHaveLength(now.desiredCount)
      const other = targetGroupArn === groups.blue ? groups.green : groups.blue
      expect([...(world.groups.get(other)?.keys() ?? [])]).toEqual([])
      await ecs.ecs.close()
    }),
    { seed: 20_261_122, numRuns: 60, examples: found },
  )
}, 300_000)
