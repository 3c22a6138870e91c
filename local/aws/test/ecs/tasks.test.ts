import { expect, test } from 'vitest'
import { fakeClock, fakeEcs, fakeWorld } from './fakes.ts'
import { register, runningService, strategies } from './service-fixture.ts'

async function clusterWithTask(containers: object[], more: object = {}) {
  const fake = fakeEcs()
  await fake.send('CreateCluster', { clusterName: 'dev' })
  const taskDefinition = await register(fake, 'unused', {
    containerDefinitions: containers,
    executionRoleArn: 'role',
    ...more,
  })
  const run = async (input: object = {}) =>
    (await fake.send('RunTask', { cluster: 'dev', taskDefinition, launchType: 'FARGATE', ...input })).tasks[0]
  const describe = async (task: string) =>
    (await fake.send('DescribeTasks', { cluster: 'dev', tasks: [task] })).tasks[0]
  const reaches = (task: string, status: string) =>
    fake.until(`the task is ${status}`, async () => (await describe(task)).lastStatus === status)
  return { ...fake, run, describe, reaches }
}

test('a container is given its environment, its secrets, its overrides and, where it has a port mapping, PORT', async () => {
  const { run, reaches, world, ecs } = await clusterWithTask([
    {
      name: 'web',
      image: 'web@sha256:abc',
      entryPoint: ['node'],
      command: ['main.ts'],
      portMappings: [{ containerPort: 8080 }],
      environment: [
        { name: 'PORT', value: '8080' },
        { name: 'MODE', value: 'web' },
      ],
      secrets: [
        { name: 'DATABASE', valueFrom: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:dev/database-abc:url::' },
        { name: 'PARAMETER', valueFrom: '/a/parameter' },
      ],
      readonlyRootFilesystem: true,
      memory: 300,
      user: '1000',
      logConfiguration: {
        logDriver: 'awslogs',
        options: { 'awslogs-group': '/sluice/dev', 'awslogs-stream-prefix': 'web', 'awslogs-region': 'us-east-1' },
      },
    },
    { name: 'side', image: 'side@sha256:def', essential: false },
  ])
  const task = await run({
    overrides: {
      containerOverrides: [{ name: 'web', command: ['migrate.ts'], environment: [{ name: 'MODE', value: 'once' }] }],
    },
  })
  await reaches(task.taskArn, 'RUNNING')
  const [web, side] = world.specs
  expect(web).toMatchObject({
    entryPoint: ['node'],
    command: ['migrate.ts'],
    environment: { PORT: '20000', MODE: 'once', DATABASE: 'postgres://secret', PARAMETER: 'from ssm' },
    port: 20_000,
    memoryMiB: 300,
    readonlyRootFilesystem: true,
    user: '1000',
  })
  expect(side).toMatchObject({ environment: {}, memoryMiB: 512 })
  expect(side).not.toHaveProperty('port')
  web?.onOutput('hello', 'stdout')
  side?.onOutput('beside', 'stderr')
  const id = task.taskArn.split('/').at(-1)
  expect(world.logs).toEqual([
    { group: '/sluice/dev', stream: `web/web/${id}`, line: 'hello' },
    { group: '/ecs/web', stream: `ecs/side/${id}`, line: 'beside' },
  ])
  await ecs.close()
})

test('a one-off task ends with its exit code, and takes the rest of its containers along', async () => {
  const { run, reaches, describe, world, ecs } = await clusterWithTask([
    { name: 'once', image: 'once' },
    { name: 'side', image: 'side', essential: false },
  ])
  const task = await run()
  await reaches(task.taskArn, 'RUNNING')
  world.running.get(world.specs[0]?.id ?? '')?.exit({ exitCode: 3 })
  await reaches(task.taskArn, 'STOPPED')
  const stopped = await describe(task.taskArn)
  expect(stopped).toMatchObject({
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    desiredStatus: 'STOPPED',
  })
  expect(stopped.containers).toMatchObject([
    { name: 'once', lastStatus: 'STOPPED', exitCode: 3 },
    { name: 'side', lastStatus: 'STOPPED', exitCode: 0 },
  ])
  expect(world.running.size).toBe(0)
  await ecs.close()
})

test.each([
  [{ image: 'missing' }, /^CannotPullContainerError: /],
  [{ image: 'refused' }, 'CannotStartContainerError: exec format error'],
  [
    { image: 'web', secrets: [{ name: 'A', valueFrom: '/not/there' }] },
    /^ResourceInitializationError: unable to pull secrets or registry auth: .*\/not\/there/,
  ],
])('a task that cannot start says why: %j', async (container, reason) => {
  const { run, reaches, describe, world, ecs } = await clusterWithTask([{ name: 'web', ...container }])
  world.behaviours.set('missing', { missing: true })
  world.behaviours.set('refused', { refuses: 'CannotStartContainerError: exec format error' })
  const task = await run()
  await reaches(task.taskArn, 'STOPPED')
  const stopped = await describe(task.taskArn)
  expect(stopped.stopCode).toBe('TaskFailedToStart')
  expect(stopped.stoppedReason).toMatch(reason)
  await ecs.close()
})

test('RunTask with the same clientToken starts its tasks once, and refuses the token for other tasks', async () => {
  const { run, send, world, clock, ecs } = await clusterWithTask([{ name: 'web', image: 'web' }])
  const first = await run({ clientToken: 'once' })
  await clock.advance(1000)
  expect((await run({ clientToken: 'once' })).taskArn).toBe(first.taskArn)
  await clock.advance(1000)
  expect(world.specs).toHaveLength(1)
  await send('RegisterTaskDefinition', { family: 'other', containerDefinitions: [{ name: 'web', image: 'web' }] })
  await expect(run({ clientToken: 'once', taskDefinition: 'other' })).rejects.toMatchObject({
    code: 'ConflictException',
  })
  await ecs.close()
})

test('StopTask drains nothing it does not have, says who asked, and is safe to repeat', async () => {
  const { run, reaches, describe, send, ecs } = await clusterWithTask([{ name: 'web', image: 'web' }])
  const task = await run()
  await reaches(task.taskArn, 'RUNNING')
  await send('StopTask', { cluster: 'dev', task: task.taskArn, reason: 'enough' })
  await send('StopTask', { cluster: 'dev', task: task.taskArn, reason: 'again' })
  await reaches(task.taskArn, 'STOPPED')
  expect(await describe(task.taskArn)).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'enough' })
  await ecs.close()
})

test.each([
  [
    'dies',
    (running: Awaited<ReturnType<typeof runningService>>) =>
      [...running.world.running.values()][0]?.exit({
        exitCode: 137,
        reason: 'OutOfMemoryError: Container killed due to memory usage',
      }),
  ],
  [
    'is stopped by a user',
    async (running: Awaited<ReturnType<typeof runningService>>) =>
      running.send('StopTask', { cluster: 'dev', task: (await running.tasks())[0].taskArn }),
  ],
])('a task of a service that %s is replaced', async (_, harm) => {
  const running = await runningService(strategies['ROLLING'])
  const before = (await running.tasks()).map(({ taskArn }: { taskArn: string }) => taskArn)
  await harm(running)
  await running.until('two run again', async () => {
    const { runningCount } = await running.service()
    const now = (await running.tasks()).map(({ taskArn }: { taskArn: string }) => taskArn)
    return runningCount === 2 && now.some((arn: string) => !before.includes(arn))
  })
  expect(running.world.running.size).toBe(2)
  await running.ecs.close()
})

test('a task that fails its checks after the grace period is replaced, and leaves the load balancer before it stops', async () => {
  const running = await runningService(strategies['ROLLING'])
  await running.update({ healthCheckGracePeriodSeconds: 30 })
  running.world.order.length = 0
  const [victim] = await running.tasks()
  const id = victim.taskArn.split('/').at(-1)
  const health = running.world.balancing.health.bind(running.world.balancing)
  running.world.balancing.health = (arn) =>
    health(arn).map((entry) => (entry.target.id === id ? { ...entry, state: 'unhealthy' } : entry))
  await running.until('replaced', () => running.world.order.includes(`stop ${id}-web`))
  const kinds = running.world.order.filter((entry) => entry.includes(id))
  expect(kinds).toEqual([`deregister ${id}`, `stop ${id}-web`])
  const { tasks } = await running.send('DescribeTasks', { cluster: 'dev', tasks: [id] })
  expect(tasks[0].stoppedReason).toMatch(/^Task failed ELB health checks in \(target-group arn:/)
  expect(tasks[0].stoppingAt - tasks[0].startedAt).toBeGreaterThanOrEqual(30_000)
  await running.ecs.close()
})

test.each([
  ['answers wrongly', 60, 'Target.ResponseCodeMismatch', 10_000, 20_000],
  ['does not answer yet', 60, 'Target.FailedHealthChecks', 60_000, 70_000],
  ['answers too late', 60, 'Target.Timeout', 60_000, 70_000],
  ['has no grace period', 0, 'Target.FailedHealthChecks', 10_000, 20_000],
])('with a fast clock, a task that %s has its time in real seconds', async (_, seconds, reason, atLeast, below) => {
  const running = await runningService(strategies['ROLLING'], fakeEcs(fakeWorld(), fakeClock(60)))
  await running.update({ healthCheckGracePeriodSeconds: seconds })
  const [victim] = await running.tasks()
  const id = victim.taskArn.split('/').at(-1)
  const health = running.world.balancing.health.bind(running.world.balancing)
  running.world.balancing.health = (arn) =>
    health(arn).map((entry) => (entry.target.id === id ? { ...entry, state: 'unhealthy', reason } : entry))
  await running.until('replaced', () => running.world.order.includes(`stop ${id}-web`))
  const { tasks } = await running.send('DescribeTasks', { cluster: 'dev', tasks: [id] })
  const lived = tasks[0].stoppingAt - tasks[0].startedAt
  expect(lived).toBeGreaterThanOrEqual(atLeast)
  expect(lived).toBeLessThan(below)
  await running.ecs.close()
})

test('a task that keeps failing is started again at growing intervals', async () => {
  const running = await runningService({})
  running.world.behaviours.set('good', { exits: { exitCode: 1 } })
  const [victim] = running.world.running.values()
  const started: number[] = []
  const start = running.world.runtime.start.bind(running.world.runtime)
  running.world.runtime.start = (spec) => {
    started.push(running.clock.now().getTime())
    return start(spec)
  }
  victim?.exit({ exitCode: 1 })
  await running.until('six starts', () => started.length >= 6)
  const waits = started.slice(1).map((at, index) => at - (started[index] ?? 0))
  for (const [index, wait] of waits.slice(1).entries()) expect(wait).toBeGreaterThan(waits[index] ?? 0)
  await running.ecs.close()
})
