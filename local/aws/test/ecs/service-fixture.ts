import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import { fakeEcs, type FakeEcs } from './fakes.ts'

export const groups = {
  blue: 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/blue/1',
  green: 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/green/2',
}
export const rules = {
  production: 'arn:aws:elasticloadbalancing:us-east-1:000000000000:listener-rule/app/lb/1/2/3',
  test: 'arn:aws:elasticloadbalancing:us-east-1:000000000000:listener-rule/app/lb/1/4/5',
}

/** Registers a task definition whose image is `repository`; returns its ARN. */
export async function register({ send }: FakeEcs, repository: string, more: object = {}): Promise<string> {
  const answer = await send('RegisterTaskDefinition', {
    family: 'web',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'web', image: repository, portMappings: [{ containerPort: 8080 }] }],
    ...more,
  })
  return answer.taskDefinition.taskDefinitionArn
}

export const shifting = (configuration: DeploymentConfiguration): DeploymentConfiguration => ({
  bakeTimeInMinutes: 1,
  deploymentCircuitBreaker: { enable: true, rollback: true },
  ...configuration,
})

export const strategies: Readonly<Record<string, DeploymentConfiguration>> = {
  ROLLING: { strategy: 'ROLLING', deploymentCircuitBreaker: { enable: true, rollback: true } },
  BLUE_GREEN: shifting({ strategy: 'BLUE_GREEN' }),
  LINEAR: shifting({ strategy: 'LINEAR', linearConfiguration: { stepPercent: 25, stepBakeTimeInMinutes: 1 } }),
  CANARY: shifting({ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 1 } }),
}

/** A service `web` that runs the image `good` at two tasks, its first deployment over. */
export async function runningService(configuration: DeploymentConfiguration = {}, fake = fakeEcs()) {
  fake.world.rules.set(rules.production, [
    { targetGroupArn: groups.blue, weight: 1 },
    { targetGroupArn: groups.green, weight: 0 },
  ])
  fake.world.rules.set(rules.test, [{ targetGroupArn: groups.blue, weight: 1 }])
  await fake.send('CreateCluster', { clusterName: 'dev' })
  const first = await register(fake, 'good')
  const rolling = (configuration.strategy ?? 'ROLLING') === 'ROLLING'
  await fake.send('CreateService', {
    cluster: 'dev',
    serviceName: 'web',
    taskDefinition: first,
    desiredCount: 2,
    launchType: 'FARGATE',
    loadBalancers: [
      {
        targetGroupArn: groups.blue,
        containerName: 'web',
        containerPort: 8080,
        ...(rolling
          ? {}
          : {
              advancedConfiguration: {
                alternateTargetGroupArn: groups.green,
                productionListenerRule: rules.production,
                testListenerRule: rules.test,
                roleArn: 'arn:aws:iam::000000000000:role/ecs',
              },
            }),
      },
    ],
    deploymentConfiguration: { ...configuration, lifecycleHooks: [] },
  })
  const service = async () => (await fake.send('DescribeServices', { cluster: 'dev', services: ['web'] })).services[0]
  const deployment = async (arn?: string) =>
    (
      await fake.send('DescribeServiceDeployments', {
        serviceDeploymentArns: [arn ?? (await service()).currentServiceDeployment ?? 'none yet'],
      })
    ).serviceDeployments[0]
  const reaches = (status: string, seconds?: number) =>
    fake.until(`the deployment is ${status}`, async () => (await deployment())?.status === status, seconds)
  await reaches('SUCCESSFUL')
  const update = async (input: object) =>
    (await fake.send('UpdateService', { cluster: 'dev', service: 'web', ...input })).service
  const tasks = async (desiredStatus = 'RUNNING') => {
    const { taskArns } = await fake.send('ListTasks', { cluster: 'dev', serviceName: 'web', desiredStatus })
    return taskArns.length === 0 ? [] : (await fake.send('DescribeTasks', { cluster: 'dev', tasks: taskArns })).tasks
  }
  const weights = (rule = rules.production) =>
    Object.fromEntries((fake.world.rules.get(rule) ?? []).map(({ targetGroupArn, weight }) => [targetGroupArn, weight]))
  return { ...fake, first, service, deployment, reaches, update, tasks, weights }
}
