import { cpSync } from 'node:fs'
import { expect, test } from 'vitest'
import { emptyStateFolder, fakeClock, fakeEcs, fakeWorld } from './fakes.ts'
import { groups, register, rules, runningService, shifting, strategies } from './service-fixture.ts'

type Running = Awaited<ReturnType<typeof runningService>>
const pauseAt = (stage: string) => ({ lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: [stage] }] })
const waitingHook = async (running: Running) =>
  (await running.deployment()).lifecycleHookDetails.find(
    ({ status }: { status: string }) => status === 'AWAITING_ACTION',
  )
const isPaused = (running: Running) => running.until('paused', async () => (await waitingHook(running)) != null)
const answerOnce = async (running: Running) => {
  await isPaused(running)
  const { serviceDeploymentArn } = await running.deployment()
  await running.send('ContinueServiceDeployment', { serviceDeploymentArn, hookId: (await waitingHook(running)).hookId })
}

/** What a kill leaves: the state file as it stood, and nothing that runs. Returns the folder to start from again. */
async function kill(running: Running): Promise<string> {
  const stateFolder = emptyStateFolder()
  cpSync(running.stateFolder, stateFolder, { recursive: true })
  await running.ecs.close()
  running.world.running.clear()
  return stateFolder
}

test.each(['ROLLING', 'BLUE_GREEN', 'LINEAR', 'CANARY'])(
  '%s: a new UpdateService supersedes the old deployment',
  async (strategy) => {
    const running = await runningService(strategies[strategy])
    const stage = strategy === 'ROLLING' ? 'POST_SCALE_UP' : 'PRE_PRODUCTION_TRAFFIC_SHIFT'
    await running.update({
      taskDefinition: await register(running, 'second'),
      deploymentConfiguration: { ...strategies[strategy], ...pauseAt(stage) },
    })
    await isPaused(running)
    if (strategy === 'LINEAR' || strategy === 'CANARY') {
      await answerOnce(running)
      await running.until('shifted', () => (running.weights()[groups.green] ?? 0) > 0)
      await isPaused(running)
    }
    const old = await running.deployment()
    const { hookId } = await waitingHook(running)
    await running.update({
      taskDefinition: await register(running, 'third'),
      deploymentConfiguration: { ...strategies[strategy], lifecycleHooks: [] },
    })
    const next = await running.deployment()
    expect(next).toMatchObject({ status: 'PENDING' })
    expect((await running.deployment(old.serviceDeploymentArn)).status).toBe('STOP_REQUESTED')
    await expect(
      running.send('ContinueServiceDeployment', { serviceDeploymentArn: old.serviceDeploymentArn, hookId }),
    ).rejects.toThrow('Provided hookId is either completed, unavailable, or not associated with the given Resource ARN')
    await running.reaches('SUCCESSFUL')
    expect((await running.deployment(old.serviceDeploymentArn)).status).toBe('STOPPED')
    expect(
      (await running.tasks()).map((task: { containers: [{ image: string }] }) => task.containers[0].image),
    ).toEqual(['third', 'third'])
    expect((await running.service()).deployments).toHaveLength(1)
    expect(running.weights()[groups.green]).toBe(strategy === 'ROLLING' ? 0 : 100)
    await running.ecs.close()
  },
)

test('stopping a deployment that never got to clear up after the one it superseded clears up first', async () => {
  const running = await runningService(strategies['LINEAR'])
  const paused = { ...strategies['LINEAR'], ...pauseAt('PRE_PRODUCTION_TRAFFIC_SHIFT') }
  await running.update({ taskDefinition: await register(running, 'second'), deploymentConfiguration: paused })
  await answerOnce(running)
  await running.until('shifted', () => running.weights()[groups.green] === 25)
  const source = (await running.service()).deployments[1].id
  await running.update({ taskDefinition: await register(running, 'third') })
  const { serviceDeploymentArn } = await running.deployment()
  await running.send('StopServiceDeployment', { serviceDeploymentArn })
  await running.reaches('ROLLBACK_SUCCESSFUL')
  expect(running.weights()).toEqual({ [groups.blue]: 100, [groups.green]: 0 })
  expect(running.weights(rules.test)).toEqual({ [groups.blue]: 100, [groups.green]: 0 })
  const tasks = await running.tasks()
  expect(tasks.map(({ startedBy }: { startedBy: string }) => startedBy)).toEqual([source, source])
  await running.ecs.close()
})

test('a first deployment that fails has nothing to roll back to, and says why in its events', async () => {
  const fake = fakeEcs()
  fake.world.behaviours.set('crashing', { exits: { exitCode: 1 } })
  await fake.send('CreateCluster', { clusterName: 'dev' })
  const taskDefinition = await register(fake, 'crashing')
  const { service } = await fake.send('CreateService', {
    cluster: 'dev',
    serviceName: 'web',
    taskDefinition,
    desiredCount: 2,
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  })
  const describe = async () =>
    (await fake.send('DescribeServiceDeployments', { serviceDeploymentArns: [service.currentServiceDeployment] }))
      .serviceDeployments[0]
  await fake.until('failed', async () => (await describe()).status === 'ROLLBACK_FAILED')
  expect(await describe()).toMatchObject({
    statusReason: 'No rollback candidate was found to run the rollback.',
    deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 3, threshold: 3 },
  })
  const { services } = await fake.send('DescribeServices', { cluster: 'dev', services: ['web'] })
  expect(services[0].deployments[0]).toMatchObject({
    rolloutState: 'FAILED',
    rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
  })
  expect(services[0].events.map(({ message }: { message: string }) => message)).toContainEqual(
    expect.stringMatching(/deployment failed: tasks failed to start\.$/),
  )
  const started = fake.world.specs.length
  await fake.clock.advance(3_600_000)
  expect(fake.world.specs).toHaveLength(started)
  await fake.ecs.close()
})

test('a failure while rollback is off stops the deployment where it is, and the old tasks serve on', async () => {
  const configuration = shifting({
    strategy: 'BLUE_GREEN',
    deploymentCircuitBreaker: { enable: true, rollback: false },
  })
  const running = await runningService(configuration)
  running.world.behaviours.set('crashing', { exits: { exitCode: 1 } })
  await running.update({ taskDefinition: await register(running, 'crashing') })
  await running.reaches('STOPPED')
  const service = await running.service()
  expect(service.deployments.map(({ rolloutState }: { rolloutState: string }) => rolloutState)).toEqual([
    'FAILED',
    'COMPLETED',
  ])
  expect(service.runningCount).toBe(2)
  expect(running.weights()[groups.green]).toBe(0)
  await running.update({ taskDefinition: await register(running, 'better') })
  await running.reaches('SUCCESSFUL')
  expect((await running.service()).deployments).toHaveLength(1)
  await running.ecs.close()
})

test.each([
  ['two groups that serve', [50, 50], 'should have exactly one target group serving traffic but found 2'],
  ['no group that serves', [0, 0], 'should have exactly one target group serving traffic but found 0'],
])('production rules with %s end the deployment and are left as they are', async (_, [blue = 0, green = 0], reason) => {
  const running = await runningService(strategies['LINEAR'])
  const broken = [
    { targetGroupArn: groups.blue, weight: blue },
    { targetGroupArn: groups.green, weight: green },
  ]
  running.world.rules.set(rules.production, broken)
  await running.update({ taskDefinition: await register(running, 'better') })
  await running.reaches('ROLLBACK_SUCCESSFUL')
  const { statusReason } = await running.deployment()
  expect(statusReason).toMatch(/^Service deployment rolled back because of invalid networking configuration\. /)
  expect(statusReason).toContain(reason)
  expect(running.world.rules.get(rules.production)).toEqual(broken)
  await running.ecs.close()
})

test('bakes are divided by the speed of the clock, pauses are not', async () => {
  const running = await runningService(strategies['BLUE_GREEN'], fakeEcs(fakeWorld(), fakeClock(60)))
  const configuration = { ...strategies['BLUE_GREEN'], bakeTimeInMinutes: 10 }
  await running.update({
    taskDefinition: await register(running, 'better'),
    deploymentConfiguration: { ...configuration, ...pauseAt('PRE_SCALE_UP') },
  })
  await isPaused(running)
  const { expiresAt } = await waitingHook(running)
  expect(expiresAt.getTime() - running.clock.now().getTime()).toBeGreaterThan(23 * 3_600_000)
  await answerOnce(running)
  await running.until('shifted', () => running.weights()[groups.green] === 100)
  const shifted = running.clock.now().getTime()
  await running.reaches('SUCCESSFUL')
  const took = running.clock.now().getTime() - shifted
  expect(took).toBeGreaterThanOrEqual(10_000)
  expect(took).toBeLessThan(20_000)
  await running.ecs.close()
})

test.each(['SCALE_UP', 'POST_TEST_TRAFFIC_SHIFT', 'PRE_PRODUCTION_TRAFFIC_SHIFT', 'BAKE_TIME'])(
  'a deployment that a kill met at %s goes on after a restart',
  async (stage) => {
    const pauses = stage.includes('_TRAFFIC_SHIFT')
    const { lifecycleHooks } = pauses ? pauseAt(stage) : { lifecycleHooks: [] }
    const running = await runningService(strategies['LINEAR'])
    if (stage === 'SCALE_UP') running.world.behaviours.set('better', { health: 'initial' })
    await running.update({
      taskDefinition: await register(running, 'better'),
      deploymentConfiguration: { ...strategies['LINEAR'], lifecycleHooks },
    })
    await running.until(stage, async () => {
      const { lifecycleStage, lifecycleHookDetails } = await running.deployment()
      return lifecycleStage === stage && (!pauses || lifecycleHookDetails.length > 0)
    })
    const { currentServiceDeployment } = await running.service()
    const stateFolder = await kill(running)
    for (const group of running.world.groups.values()) group.clear()
    running.world.behaviours.clear()
    const restarted = fakeEcs(running.world, running.clock, stateFolder)
    const deployment = async () =>
      (await restarted.send('DescribeServiceDeployments', { serviceDeploymentArns: [currentServiceDeployment] }))
        .serviceDeployments[0]
    expect((await deployment()).status).toBe('IN_PROGRESS')
    if (pauses) {
      const answers = stage === 'PRE_PRODUCTION_TRAFFIC_SHIFT' ? 4 : 1
      for (let answered = 0; answered < answers; answered++) {
        const open = async () =>
          (await deployment()).lifecycleHookDetails.find(
            ({ status }: { status: string }) => status === 'AWAITING_ACTION',
          )
        await restarted.until('paused', async () => (await open()) != null)
        await restarted.send('ContinueServiceDeployment', {
          serviceDeploymentArn: currentServiceDeployment,
          hookId: (await open()).hookId,
        })
      }
    }
    await restarted.until('over', async () => (await deployment()).status === 'SUCCESSFUL')
    expect(running.weights()).toEqual({ [groups.blue]: 0, [groups.green]: 100 })
    const { services } = await restarted.send('DescribeServices', { cluster: 'dev', services: ['web'] })
    expect(services[0]).toMatchObject({ runningCount: 2 })
    await restarted.ecs.close()
  },
)

test('a service that was steady starts anew from its primary revision after a restart', async () => {
  const running = await runningService(strategies['ROLLING'])
  const restarted = fakeEcs(running.world, running.clock, await kill(running))
  await restarted.until('two run', async () => {
    const { services } = await restarted.send('DescribeServices', { cluster: 'dev', services: ['web'] })
    return services[0].runningCount === 2
  })
  const { taskArns } = await restarted.send('ListTasks', { cluster: 'dev', desiredStatus: 'STOPPED' })
  expect(taskArns).toHaveLength(2)
  await restarted.ecs.close()
})

test('load balancers that come back late, with the weights of their template, are given the weights that ECS had set', async () => {
  const running = await runningService(strategies['BLUE_GREEN'])
  await running.update({ taskDefinition: await register(running, 'better') })
  await running.reaches('SUCCESSFUL')
  const stateFolder = await kill(running)
  const { world } = running
  world.rules.clear()
  const restarted = fakeEcs(world, running.clock, stateFolder)
  for (let second = 0; second < 20; second++) await restarted.clock.advance(1000)
  expect(world.running.size).toBe(0)
  world.rules.set(rules.production, [
    { targetGroupArn: groups.blue, weight: 1 },
    { targetGroupArn: groups.green, weight: 0 },
  ])
  world.rules.set(rules.test, [{ targetGroupArn: groups.blue, weight: 1 }])
  await restarted.until('two run', () => world.running.size === 2)
  expect(running.weights()).toEqual({ [groups.blue]: 0, [groups.green]: 100 })
  await restarted.ecs.close()
})

test('a rule that is gone when traffic is to shift ends the deployment', async () => {
  const running = await runningService(strategies['BLUE_GREEN'])
  await running.update({
    taskDefinition: await register(running, 'better'),
    deploymentConfiguration: { ...strategies['BLUE_GREEN'], ...pauseAt('PRE_PRODUCTION_TRAFFIC_SHIFT') },
  })
  await isPaused(running)
  running.world.rules.delete(rules.production)
  await answerOnce(running)
  await running.reaches('ROLLBACK_FAILED')
  expect((await running.deployment()).statusReason).toContain('rules not found')
  await running.ecs.close()
})

test('reads learn of a new deployment a moment later than its writer', async () => {
  const running = await runningService(strategies['ROLLING'], fakeEcs(fakeWorld(), fakeClock(), undefined, 1500))
  const before = (await running.service()).currentServiceDeployment
  const updated = await running.update({ forceNewDeployment: true })
  expect(updated.deployments[0].rolloutState).toBe('IN_PROGRESS')
  expect((await running.service()).currentServiceDeployment).toBe(before)
  const list = async () =>
    (await running.send('ListServiceDeployments', { cluster: 'dev', service: 'web' })).serviceDeployments
  expect(await list()).toHaveLength(1)
  await running.clock.advance(1500)
  expect(await list()).toHaveLength(2)
  expect((await running.service()).currentServiceDeployment).not.toBe(before)
  await running.ecs.close()
})

test('history is listed newest first, filtered by status and time', async () => {
  const running = await runningService(strategies['ROLLING'])
  await running.clock.advance(1000)
  const between = running.clock.now()
  await running.clock.advance(1000)
  await running.update({ forceNewDeployment: true })
  await running.reaches('SUCCESSFUL')
  const list = async (input: object) =>
    (await running.send('ListServiceDeployments', { cluster: 'dev', service: 'web', ...input })).serviceDeployments
  const all = await list({})
  expect(all).toHaveLength(2)
  expect(all[0].createdAt.getTime()).toBeGreaterThan(all[1].createdAt.getTime())
  expect(await list({ status: ['IN_PROGRESS'] })).toEqual([])
  expect(await list({ createdAt: { after: between } })).toHaveLength(1)
  const { serviceRevisions } = await running.send('DescribeServiceRevisions', {
    serviceRevisionArns: [all[0].targetServiceRevisionArn],
  })
  expect(serviceRevisions[0]).toMatchObject({
    taskDefinition: running.first,
    containerImages: [{ containerName: 'web', image: 'good', imageDigest: expect.stringMatching(/^sha256:/) }],
    resolvedConfiguration: { loadBalancers: [{ targetGroupArn: groups.blue }] },
  })
  await running.ecs.close()
})
