import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import { expect, test } from 'vitest'
import { groups, register, rules, runningService, strategies } from './service-fixture.ts'

type Running = Awaited<ReturnType<typeof runningService>>
const rolledBack = 'Service deployment rolled back because '
const alarms: DeploymentConfiguration = { alarms: { alarmNames: ['errors'], enable: true, rollback: true } }
const pauses = (action?: 'CONTINUE' | 'ROLLBACK'): DeploymentConfiguration => ({
  lifecycleHooks: [
    {
      targetType: 'PAUSE',
      lifecycleStages: ['POST_SCALE_UP'],
      timeoutConfiguration: { timeoutInMinutes: 5, ...(action ? { action } : {}) },
    },
  ],
})

interface Outcome {
  readonly name: string
  readonly image: string
  readonly more?: DeploymentConfiguration
  /** Arranges what goes wrong, before or while the deployment runs. */
  readonly before?: (running: Running) => void
  readonly during?: (running: Running) => Promise<void>
  readonly status: string
  readonly reason?: string
}

const paused = async (running: Running) =>
  running.until('paused', async () =>
    (await running.deployment()).lifecycleHookDetails.some(
      ({ status }: { status: string }) => status === 'AWAITING_ACTION',
    ),
  )
const answer = async (running: Running, action: 'CONTINUE' | 'ROLLBACK') => {
  await paused(running)
  const { serviceDeploymentArn, lifecycleHookDetails } = await running.deployment()
  await running.send('ContinueServiceDeployment', {
    serviceDeploymentArn,
    hookId: lifecycleHookDetails[0].hookId,
    action,
  })
}

const outcomes: readonly Outcome[] = [
  { name: 'a good revision', image: 'better', status: 'SUCCESSFUL' },
  {
    name: 'a revision whose tasks exit',
    image: 'crashing',
    before: ({ world }) => void world.behaviours.set('crashing', { exits: { exitCode: 1 } }),
    status: 'ROLLBACK_SUCCESSFUL',
    reason: `${rolledBack}the circuit breaker threshold was exceeded.`,
  },
  {
    name: 'a revision that never becomes healthy',
    image: 'sick',
    before: ({ world }) => void world.behaviours.set('sick', { health: 'unhealthy' }),
    status: 'ROLLBACK_SUCCESSFUL',
    reason: `${rolledBack}the circuit breaker threshold was exceeded.`,
  },
  {
    name: 'an image that is not there',
    image: 'missing',
    before: ({ world }) => void world.behaviours.set('missing', { missing: true }),
    status: 'ROLLBACK_SUCCESSFUL',
    reason: `${rolledBack}the circuit breaker threshold was exceeded.`,
  },
  {
    name: 'an alarm during the rollout',
    image: 'better',
    more: { ...alarms, ...pauses() },
    during: async (running) => {
      await paused(running)
      running.world.alarms.set('errors', 'ALARM')
    },
    status: 'ROLLBACK_SUCCESSFUL',
    reason: `${rolledBack}of alarms in ALARM state: errors.`,
  },
  {
    name: 'an alarm that was there before the rollout',
    image: 'better',
    more: alarms,
    before: ({ world }) => void world.alarms.set('errors', 'ALARM'),
    status: 'SUCCESSFUL',
  },
  {
    name: 'a pause that is continued',
    image: 'better',
    more: pauses(),
    during: async (running) => answer(running, 'CONTINUE'),
    status: 'SUCCESSFUL',
  },
  {
    name: 'a pause that is answered with ROLLBACK',
    image: 'better',
    more: pauses(),
    during: async (running) => answer(running, 'ROLLBACK'),
    status: 'ROLLBACK_SUCCESSFUL',
    reason: `${rolledBack}ROLLBACK was chosen at the POST_SCALE_UP pause hook.`,
  },
  {
    name: 'a pause that times out',
    image: 'better',
    more: pauses(),
    status: 'ROLLBACK_SUCCESSFUL',
    reason: `${rolledBack}POST_SCALE_UP pause hook timed out.`,
  },
  { name: 'a pause whose time-out continues', image: 'better', more: pauses('CONTINUE'), status: 'SUCCESSFUL' },
  {
    name: 'StopServiceDeployment',
    image: 'better',
    more: pauses(),
    during: async (running) => {
      await paused(running)
      const { serviceDeploymentArn } = await running.deployment()
      await running.send('StopServiceDeployment', { serviceDeploymentArn, stopType: 'ROLLBACK' })
      expect((await running.deployment()).status).toMatch(/^ROLLBACK_(?:REQUESTED|IN_PROGRESS)$/)
    },
    status: 'ROLLBACK_SUCCESSFUL',
    reason: `${rolledBack}StopServiceDeployment requested a rollback.`,
  },
]

const table = Object.keys(strategies).flatMap((strategy) => outcomes.map((outcome) => ({ strategy, ...outcome })))

test.each(table)('$strategy: $name ends $status', async ({ strategy, image, more, before, during, status, reason }) => {
  const configuration = strategies[strategy] ?? {}
  const running = await runningService(configuration)
  const { world } = running
  before?.(running)
  const source = (await running.service()).deployments[0].id
  world.weightHistory.length = 0
  const updated = await running.update({
    taskDefinition: await register(running, image),
    deploymentConfiguration: { ...configuration, ...more },
  })
  const target = updated.deployments[0].id
  expect(updated.deployments[0]).toMatchObject({ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' })
  await during?.(running)
  await running.reaches(status)

  const over = await running.deployment()
  expect(over.statusReason).toBe(reason)
  const good = status === 'SUCCESSFUL'
  const staying = good ? target : source
  const service = await running.service()
  expect(service.deployments).toHaveLength(1)
  expect(service.deployments[0]).toMatchObject({ id: staying, status: 'PRIMARY', rolloutState: 'COMPLETED' })
  const tasks = await running.tasks()
  expect(tasks.map(({ startedBy }: { startedBy: string }) => startedBy)).toEqual([staying, staying])
  expect(world.running.size).toBe(2)
  expect(over.rollback?.reason).toBe(reason)
  expect(over.rollback?.serviceRevisionArn.endsWith(source.slice('ecs-svc'.length)) ?? good).toBe(true)

  const shifts = strategy !== 'ROLLING'
  expect(running.weights()[groups.green]).toBe(good && shifts ? 100 : 0)
  expect(world.weightHistory.length > 0 || !good).toBe(shifts || !good)
  for (const { weights } of world.weightHistory) expect(weights.reduce((sum, { weight }) => sum + weight, 0)).toBe(100)
  await running.ecs.close()
})

test.each([
  ['BLUE_GREEN', [100]],
  ['LINEAR', [25, 50, 75, 100]],
  ['CANARY', [10, 100]],
])('%s shifts production to %j, test traffic before it, and stops the old tasks last', async (strategy, shifts) => {
  const running = await runningService(strategies[strategy])
  const { world } = running
  world.weightHistory.length = 0
  await running.update({ taskDefinition: await register(running, 'better') })
  await running.reaches('SUCCESSFUL')
  const green = world.weightHistory.map(({ rule, weights }) => [
    rule === rules.test ? 'test' : 'production',
    weights.find(({ targetGroupArn }) => targetGroupArn === groups.green)?.weight,
  ])
  expect(green).toEqual([['test', 100], ...shifts.map((percent) => ['production', percent])])
  await running.ecs.close()
})

test('LINEAR pauses before every step with a fresh hook, and an answered hook cannot be answered again', async () => {
  const running = await runningService(strategies['LINEAR'])
  await running.update({
    taskDefinition: await register(running, 'better'),
    deploymentConfiguration: {
      ...strategies['LINEAR'],
      lifecycleHooks: [
        { targetType: 'PAUSE', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT', 'PRE_PRODUCTION_TRAFFIC_SHIFT'] },
      ],
    },
  })
  const seen: unknown[] = []
  const ids = new Set<string>()
  for (let pause = 0; pause < 5; pause++) {
    await paused(running)
    const { serviceDeploymentArn, lifecycleHookDetails, lifecycleStage, targetServiceRevision } =
      await running.deployment()
    const waiting = lifecycleHookDetails.filter(({ status }: { status: string }) => status === 'AWAITING_ACTION')
    expect(waiting).toHaveLength(1)
    const [{ hookId, expiresAt, timeoutAction }] = waiting
    expect(hookId).toMatch(/^ecs-pause-[A-Za-z0-9_-]{43}$/)
    expect(expiresAt.getTime() - running.clock.now().getTime()).toBeGreaterThan(23 * 3_600_000)
    expect(timeoutAction).toBe('ROLLBACK')
    ids.add(hookId)
    seen.push([lifecycleStage, targetServiceRevision.requestedProductionTrafficWeight])
    const answered = { serviceDeploymentArn, hookId, action: 'CONTINUE' }
    await running.send('ContinueServiceDeployment', answered)
    await expect(running.send('ContinueServiceDeployment', answered)).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'Provided hookId is either completed, unavailable, or not associated with the given Resource ARN',
    })
  }
  expect(seen).toEqual([
    ['POST_TEST_TRAFFIC_SHIFT', 0],
    ['PRE_PRODUCTION_TRAFFIC_SHIFT', 0],
    ['PRE_PRODUCTION_TRAFFIC_SHIFT', 25],
    ['PRE_PRODUCTION_TRAFFIC_SHIFT', 50],
    ['PRE_PRODUCTION_TRAFFIC_SHIFT', 75],
  ])
  expect(ids.size).toBe(5)
  await running.reaches('SUCCESSFUL')
  const { serviceDeploymentArn } = await running.deployment()
  await expect(
    running.send('ContinueServiceDeployment', { serviceDeploymentArn, hookId: [...ids][0] }),
  ).rejects.toThrow('Continuing a service deployment is not allowed for service deployment in terminal states.')
  await running.ecs.close()
})

test('a roll back returns the traffic before it drains a task of the failed revision', async () => {
  const running = await runningService(strategies['LINEAR'])
  const { world } = running
  await running.update({
    taskDefinition: await register(running, 'better'),
    deploymentConfiguration: {
      ...strategies['LINEAR'],
      lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'] }],
    },
  })
  await answer(running, 'CONTINUE')
  await running.until('25 %', () => running.weights()[groups.green] === 25)
  await paused(running)
  const { serviceDeploymentArn } = await running.deployment()
  const setWeights = world.balancing.setWeights.bind(world.balancing)
  world.balancing.setWeights = (rule, weights) => {
    world.order.push(`weights ${weights.map(({ weight }) => weight).join('/')}`)
    setWeights(rule, weights)
  }
  world.order.length = 0
  await running.send('StopServiceDeployment', { serviceDeploymentArn })
  await running.reaches('ROLLBACK_SUCCESSFUL')
  const kinds = world.order.map((entry) => entry.split(' ')[0])
  expect(kinds).toEqual(['weights', 'weights', 'deregister', 'deregister', 'stop', 'stop'])
  expect(world.order[0]).toBe('weights 100/0')
  await running.ecs.close()
})
