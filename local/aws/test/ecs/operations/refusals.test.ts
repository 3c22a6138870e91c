import { expect, test } from 'vitest'
import { fakeEcs } from '../fakes.ts'
import { groups, register, rules, runningService, strategies } from '../service-fixture.ts'

const balancer = (advancedConfiguration?: object, targetGroupArn = groups.blue) => ({
  targetGroupArn,
  containerName: 'web',
  containerPort: 8080,
  ...(advancedConfiguration ? { advancedConfiguration } : {}),
})
const advanced = {
  alternateTargetGroupArn: groups.green,
  productionListenerRule: rules.production,
  testListenerRule: rules.test,
}
const pause = (more: object) => ({
  lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'], ...more }],
})

test.each([
  [
    [balancer()],
    { strategy: 'BLUE_GREEN' },
    'advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy',
  ],
  [
    [balancer(advanced), balancer(undefined, 'arn:other')],
    { strategy: 'BLUE_GREEN' },
    'Either all or none of the provided loadBalancers must have advancedConfiguration defined',
  ],
  [
    [balancer({ ...advanced, productionListenerRule: 'rule' })],
    { strategy: 'BLUE_GREEN' },
    'productionListenerRule has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: rule',
  ],
  [
    [balancer({ ...advanced, testListenerRule: rules.production })],
    { strategy: 'BLUE_GREEN' },
    `The following rules cannot be used as both production and test listener rules: ${rules.production}`,
  ],
  [
    [balancer({ ...advanced, alternateTargetGroupArn: groups.blue })],
    { strategy: 'BLUE_GREEN' },
    `Duplicate targetGroupArn found: ${groups.blue}`,
  ],
  [[], pause({ lifecycleStages: ['PRODUCTION_TRAFFIC_SHIFT'] }), 'Invalid lifecycle stage provided for Pause Hook'],
  [[], pause({ targetType: 'LAMBDA' }), 'Invalid targetType. Valid values are: AWS_LAMBDA, PAUSE'],
  [[], pause({ timeoutConfiguration: { timeoutInMinutes: 20_161 } }), /timeoutInMinutes: 20161/],
  [[], { strategy: 'LINEAR', linearConfiguration: { stepPercent: 2.9 } }, /stepPercent: 2\.9/],
  [[], { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 0.15 } }, /canaryPercent: 0\.15/],
  [[], { bakeTimeInMinutes: 1441 }, /bakeTimeInMinutes: 1441/],
  [[], { strategy: 'RED_BLACK' }, /Invalid deployment strategy: RED_BLACK/],
])(
  'CreateService with %j and %j is refused at once and leaves nothing',
  async (loadBalancers, deploymentConfiguration, message) => {
    const fake = fakeEcs()
    await fake.send('CreateCluster', { clusterName: 'dev' })
    const taskDefinition = await register(fake, 'good')
    const request = { cluster: 'dev', serviceName: 'web', taskDefinition, loadBalancers, deploymentConfiguration }
    await expect(fake.send('CreateService', request)).rejects.toThrow(message)
    await expect(fake.send('CreateService', request)).rejects.toMatchObject({ code: 'InvalidParameterException' })
    expect((await fake.send('ListServices', { cluster: 'dev' })).serviceArns).toEqual([])
    await fake.ecs.close()
  },
)

test.each([
  ['DescribeServices', { cluster: 'nowhere', services: ['web'] }, 'ClusterNotFoundException', 'Cluster not found.'],
  ['UpdateService', { cluster: 'dev', service: 'nothing' }, 'ServiceNotFoundException', 'Service not found.'],
  [
    'UpdateService',
    { cluster: 'dev', service: 'web', taskDefinition: 'nothing' },
    'ClientException',
    'TaskDefinition not found.',
  ],
  ['DescribeTaskDefinition', { taskDefinition: 'nothing' }, 'ClientException', 'Unable to describe task definition.'],
  [
    'DeleteService',
    { cluster: 'dev', service: 'web' },
    'InvalidParameterException',
    'The service cannot be stopped while it is scaled above 0.',
  ],
  [
    'ContinueServiceDeployment',
    { serviceDeploymentArn: 'arn:none', hookId: 'ecs-pause-x' },
    'ServiceDeploymentNotFoundException',
    'The service deployment does not exist.',
  ],
  [
    'RunTask',
    { cluster: 'dev', taskDefinition: 'web', overrides: { containerOverrides: [{ name: 'other' }] } },
    'InvalidParameterException',
    'Override for container named other is not a container in the TaskDefinition.',
  ],
])('%s of %j fails with %s', async (operation, input, code, message) => {
  const { send, ecs } = await runningService(strategies['ROLLING'])
  await expect(send(operation, input)).rejects.toMatchObject({ code, message })
  await ecs.close()
})

test('a hookId in the wrong form is told so', async () => {
  const { send, deployment, ecs } = await runningService(strategies['ROLLING'])
  const { serviceDeploymentArn } = await deployment()
  await expect(send('ContinueServiceDeployment', { serviceDeploymentArn, hookId: 'mine' })).rejects.toThrow(
    'Invalid hookId: hookId must follow the format: ecs-{hookType}-{id}',
  )
  await ecs.close()
})

test.each([
  [{ cpu: '256', memory: '4096' }, /^No Fargate configuration exists for given values: 256 CPU, 4096 memory/],
  [{ networkMode: 'bridge' }, /^Fargate only supports network mode/],
  [{ containerDefinitions: [{ name: 'web' }] }, 'Container.image should not be null or empty.'],
  [{ containerDefinitions: [] }, 'TaskDefinition should have at least one container.'],
])('a task definition with %j is refused', async (more, message) => {
  const fake = fakeEcs()
  await expect(register(fake, 'good', more)).rejects.toThrow(message)
  await fake.ecs.close()
})

test('a family names its newest active revision', async () => {
  const fake = fakeEcs()
  const first = await register(fake, 'one')
  const second = await register(fake, 'two')
  const newest = async () =>
    (await fake.send('DescribeTaskDefinition', { taskDefinition: 'web' })).taskDefinition.taskDefinitionArn
  expect(await newest()).toBe(second)
  await fake.send('DeregisterTaskDefinition', { taskDefinition: second })
  expect(await newest()).toBe(first)
  expect((await fake.send('DescribeTaskDefinition', { taskDefinition: 'web:2' })).taskDefinition.status).toBe(
    'INACTIVE',
  )
  expect((await fake.send('ListTaskDefinitions', { familyPrefix: 'web' })).taskDefinitionArns).toEqual([first])
  expect((await fake.send('ListTaskDefinitionFamilies', { familyPrefix: 'w', status: 'ACTIVE' })).families).toEqual([
    'web',
  ])
  await fake.ecs.close()
})

test('a deleted service drains its tasks, becomes INACTIVE and may be created again', async () => {
  const running = await runningService(strategies['BLUE_GREEN'])
  await running.send('DeleteService', { cluster: 'dev', service: 'web', force: true })
  await running.until('gone', async () => (await running.service()).status === 'INACTIVE')
  expect(running.world.running.size).toBe(0)
  const request = { cluster: 'dev', serviceName: 'web', taskDefinition: running.first, desiredCount: 1 }
  const { service } = await running.send('CreateService', request)
  expect(service.status).toBe('ACTIVE')
  await running.ecs.close()
})
