import { expect, test } from 'vitest'
import { register, runningService, strategies } from './service-fixture.ts'

test('a first deployment starts tasks, waits for their health and reaches a steady state', async () => {
  const { service, deployment, tasks, ecs, until } = await runningService(strategies['ROLLING'])
  await until('steady', async () => (await service()).events[0].message.endsWith('has reached a steady state.'))
  const now = await service()
  expect(now).toMatchObject({ status: 'ACTIVE', desiredCount: 2, runningCount: 2, pendingCount: 0 })
  expect(now.deployments).toHaveLength(1)
  const [primary] = now.deployments
  expect(primary).toMatchObject({ status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 2 })
  expect(primary.rolloutStateReason).toBe(`ECS deployment ${primary.id} completed.`)
  const done = await deployment()
  expect(done.targetServiceRevision.arn.endsWith(`/${primary.id.slice('ecs-svc/'.length)}`)).toBe(true)
  expect(done).not.toHaveProperty('lifecycleStage')
  const [task] = await tasks()
  expect(task).toMatchObject({ lastStatus: 'RUNNING', startedBy: primary.id, group: 'service:web' })
  expect(task.containers[0].imageDigest).toMatch(/^sha256:[0-9a-f]{64}$/)
  await ecs.close()
})

test('replaces every task without ever having fewer healthy ones than the minimum', async () => {
  const fake = await runningService(strategies['ROLLING'])
  const healthy: number[] = []
  await fake.update({ taskDefinition: await register(fake, 'better') })
  expect((await fake.service()).deployments.map(({ status }: { status: string }) => status)).toEqual([
    'PRIMARY',
    'ACTIVE',
  ])
  await fake.until('rolled', async () => {
    healthy.push(
      (await fake.tasks()).filter(({ lastStatus }: { lastStatus: string }) => lastStatus === 'RUNNING').length,
    )
    return (await fake.deployment()).status === 'SUCCESSFUL'
  })
  expect(Math.min(...healthy)).toBeGreaterThanOrEqual(2)
  expect((await fake.tasks()).map((task: { containers: [{ image: string }] }) => task.containers[0].image)).toEqual([
    'better',
    'better',
  ])
  await fake.ecs.close()
})
