import { setTimeout as sleep } from 'node:timers/promises'
import { names } from '@sluice/core/names'
import type { TaskSkeleton } from '@sluice/core/task-skeleton'
import { account, digestOf, region } from './local-service.ts'

/** An operation of ECS or ELBv2 by name. */
export type Provision = <Output>(of: 'ecs' | 'elb', name: string, input: object) => Promise<Output>

/** What infra's templates make: balancer, listeners, rules, two target groups, cluster, and the service on its first image. */
export async function provision(
  call: Provision,
  firstImage = `local/web@${digestOf('healthy-first')}`,
): Promise<TaskSkeleton> {
  const group = async (side: 'blue' | 'green') => {
    const { TargetGroups } = await call<{ TargetGroups: Array<{ TargetGroupArn: string }> }>(
      'elb',
      'CreateTargetGroup',
      {
        Name: names.targetGroup('prod', 'web', side),
        Port: 80,
        Protocol: 'HTTP',
        TargetType: 'ip',
        HealthCheckPath: '/health',
        HealthyThresholdCount: 2,
        UnhealthyThresholdCount: 2,
        HealthCheckIntervalSeconds: 10,
      },
    )
    return TargetGroups[0]?.TargetGroupArn ?? ''
  }
  const blue = await group('blue')
  const green = await group('green')
  const { LoadBalancers } = await call<{ LoadBalancers: Array<{ LoadBalancerArn: string }> }>(
    'elb',
    'CreateLoadBalancer',
    {
      Name: names.loadBalancer('prod'),
      Subnets: ['a', 'b'],
    },
  )
  const rule = async (port: number, weights: readonly [number, number]) => {
    const forward = [
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: blue, Weight: weights[0] },
            { TargetGroupArn: green, Weight: weights[1] },
          ],
        },
      },
    ]
    const { Listeners } = await call<{ Listeners: Array<{ ListenerArn: string }> }>('elb', 'CreateListener', {
      LoadBalancerArn: LoadBalancers[0]?.LoadBalancerArn,
      Port: port,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    })
    const { Rules } = await call<{ Rules: Array<{ RuleArn: string }> }>('elb', 'CreateRule', {
      ListenerArn: Listeners[0]?.ListenerArn,
      Priority: 10,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
      Actions: forward,
    })
    return Rules[0]?.RuleArn ?? ''
  }
  const loadBalancing = {
    targetGroupArn: blue,
    alternateTargetGroupArn: green,
    productionListenerRule: await rule(80, [1, 0]),
    testListenerRule: await rule(81, [1, 0]),
    roleArn: `arn:aws:iam::${account}:role/ecs`,
  }
  const family = names.taskFamily('prod', 'web')
  await call('ecs', 'CreateCluster', { clusterName: names.cluster('prod') })
  await call('ecs', 'RegisterTaskDefinition', {
    family,
    memory: '512',
    containerDefinitions: [
      {
        name: 'web',
        image: firstImage,
        environment: [{ name: 'SLUICE_RELEASE_VERSION', value: '1.0.0-healthy-first' }],
        portMappings: [{ containerPort: 8080 }],
      },
    ],
  })
  const { targetGroupArn, ...advancedConfiguration } = loadBalancing
  await call('ecs', 'CreateService', {
    cluster: names.cluster('prod'),
    serviceName: names.service('prod', 'web'),
    taskDefinition: family,
    desiredCount: 2,
    healthCheckGracePeriodSeconds: 60,
    loadBalancers: [{ targetGroupArn, containerName: 'web', containerPort: 8080, advancedConfiguration }],
    deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 },
  })
  await untilStable(call)
  return {
    version: 1,
    family,
    executionRoleArn: `arn:aws:iam::${account}:role/execution`,
    taskRoleArn: `arn:aws:iam::${account}:role/task`,
    containerName: 'web',
    containerPort: 8080,
    logGroup: names.logGroup('prod', 'web'),
    region,
    readonlyRootFilesystem: true,
    stopTimeoutSeconds: 30,
    sideCars: [],
    network: { subnets: ['subnet-1'], securityGroups: ['sg-1'] },
    loadBalancing,
  }
}

async function untilStable(call: Provision): Promise<void> {
  let last: unknown
  for (const until = performance.now() + 180_000; performance.now() < until; await sleep(100)) {
    const { serviceDeployments } = await call<{ serviceDeployments: Array<{ status: string }> }>(
      'ecs',
      'ListServiceDeployments',
      {
        cluster: names.cluster('prod'),
        service: names.service('prod', 'web'),
      },
    )
    if (serviceDeployments[0]?.status === 'SUCCESSFUL') return
    last = serviceDeployments[0]
  }
  throw new Error(`expected a first deployment within three minutes, found ${JSON.stringify(last)}`)
}
