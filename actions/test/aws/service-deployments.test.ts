import {
  ContinueServiceDeploymentCommand,
  DescribeServiceDeploymentsCommand,
  ECSClient,
  InvalidParameterException,
  ListServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
} from '@aws-sdk/client-ecs'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, it } from 'vitest'
import { serviceDeployments } from '../../src/aws/service-deployments.ts'

const ecs = mockClient(ECSClient)
const adapter = serviceDeployments(new ECSClient({ region: 'us-east-1' }))
const arn = 'arn:aws:ecs:us-east-1:1:service-deployment/c/s/x'
const waits = (status: 'AWAITING_ACTION' | 'SUCCEEDED') => ({
  serviceDeployments: [
    {
      serviceDeploymentArn: arn,
      status: 'IN_PROGRESS' as const,
      createdAt: new Date(0),
      lifecycleHookDetails: [{ hookId: 'ecs-pause-1', targetType: 'PAUSE' as const, status }],
    },
  ],
})
const tooLate = new InvalidParameterException({
  message: 'Provided hookId is either completed, unavailable, or not associated with the given Resource ARN',
  $metadata: {},
})

describe('serviceDeployments', () => {
  beforeEach(() => ecs.reset())

  it('always names the action: ECS takes CONTINUE for granted', async () => {
    ecs.on(ContinueServiceDeploymentCommand).resolves({})
    expect(await adapter.answer(arn, 'ecs-pause-1', 'ROLLBACK')).toBe(true)
    expect(ecs.commandCalls(ContinueServiceDeploymentCommand)[0]?.args[0].input).toEqual({
      serviceDeploymentArn: arn,
      hookId: 'ecs-pause-1',
      action: 'ROLLBACK',
    })
  })

  it('takes an answer for given when the hook no longer waits: the first one was lost on its way back', async () => {
    ecs.on(ContinueServiceDeploymentCommand).rejects(tooLate)
    ecs.on(DescribeServiceDeploymentsCommand).resolves(waits('SUCCEEDED'))
    expect(await adapter.answer(arn, 'ecs-pause-1', 'CONTINUE')).toBe(false)
  })

  it('reports an answer that ECS refused while the hook still waits', async () => {
    ecs.on(ContinueServiceDeploymentCommand).rejects(tooLate)
    ecs.on(DescribeServiceDeploymentsCommand).resolves(waits('AWAITING_ACTION'))
    await expect(adapter.answer(arn, 'ecs-pause-1', 'CONTINUE')).rejects.toThrow('could not answer CONTINUE')
  })

  it('does not mind that a deployment ended before it could be stopped', async () => {
    ecs.on(StopServiceDeploymentCommand).rejects(new Error('ConflictException'))
    ecs.on(DescribeServiceDeploymentsCommand).resolves({ serviceDeployments: [{ status: 'ROLLBACK_SUCCESSFUL' }] })
    await expect(adapter.stop(arn)).resolves.toBeUndefined()
    ecs.on(DescribeServiceDeploymentsCommand).resolves({ serviceDeployments: [{ status: 'IN_PROGRESS' }] })
    await expect(adapter.stop(arn)).rejects.toThrow('could not stop')
  })

  it('reads all pages, newest first', async () => {
    const brief = (name: string, time: number) => ({
      serviceDeploymentArn: name,
      targetServiceRevisionArn: `${name}/revision`,
      status: 'SUCCESSFUL' as const,
      createdAt: new Date(time),
    })
    ecs
      .on(ListServiceDeploymentsCommand)
      .resolvesOnce({ serviceDeployments: [brief('a', 1)], nextToken: 'more' })
      .resolvesOnce({ serviceDeployments: [brief('b', 2)] })
    const entries = await adapter.list('c', 's', new Date(0))
    expect(entries.map((entry) => entry.arn)).toEqual(['b', 'a'])
  })

  it('says that a deployment is not there', async () => {
    ecs
      .on(DescribeServiceDeploymentsCommand)
      .resolves({ serviceDeployments: [], failures: [{ arn, reason: 'MISSING' }] })
    await expect(adapter.read(arn)).rejects.toThrow(/found none \(MISSING\)/)
  })
})
