import { beforeEach, describe, expect, it } from 'vitest'
import { ConfigurationError, type Problem } from '../../src/failure.ts'
import { startRollout, type StartPorts, type StartRequest } from '../../src/rollout/start.ts'
import {
  aDeployment,
  aService,
  digest,
  FakeClock,
  FakeDefinitions,
  FakeDeployments,
  FakeServices,
  FakeTasks,
  skeleton,
} from './fakes.ts'

const request: StartRequest = {
  environment: 'prod',
  serviceName: 'registry',
  service: aService(),
  skeleton,
  imageHost: '222222222222.dkr.ecr.us-east-1.amazonaws.com',
  region: 'us-east-1',
  cluster: 'sluice-prod',
  ecsService: 'prod-registry',
  token: 'run-1',
  pollMilliseconds: 1000,
}

describe('startRollout', () => {
  let services: FakeServices
  let definitions: FakeDefinitions
  let deployments: FakeDeployments
  let tasks: FakeTasks
  let clock: FakeClock
  let problems: Problem[]
  let ports: StartPorts

  beforeEach(() => {
    services = new FakeServices()
    definitions = new FakeDefinitions()
    deployments = new FakeDeployments()
    tasks = new FakeTasks()
    clock = new FakeClock()
    problems = []
    ports = {
      services,
      definitions,
      deployments,
      tasks,
      clock,
      preflight: async () => problems,
      lastLogLines: async () => ['relation "packages" already exists'],
      report: () => {},
    }
    // ECS lists a deployment two seconds after it has accepted it.
    services.onUpdate = () => {
      const number = services.updates.length
      const seen = clock.seconds
      clock.onSleep = () => {
        if (clock.seconds < seen + 2) return
        const target = { ...aDeployment().target, arn: `arn:service-revision/${number}` }
        deployments.put(aDeployment({ arn: `arn:deployment/${number}`, target, createdAt: clock.now() }))
      }
    }
  })

  it('migrates, registers and updates once, and finds the deployment by its revision', async () => {
    const { how, handle } = await startRollout(ports, request)
    expect(how).toBe('started')
    expect(tasks.tokens).toEqual(['run-1'])
    expect(services.updates).toHaveLength(1)
    expect(services.updates[0]).toMatchObject({
      taskDefinitionArn: 'arn:prod-registry:3',
      deploymentConfiguration: {
        strategy: 'LINEAR',
        linearConfiguration: { stepPercent: 25, stepBakeTimeInMinutes: 0 },
        lifecycleHooks: [
          {
            targetType: 'PAUSE',
            lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT', 'PRE_PRODUCTION_TRAFFIC_SHIFT'],
            timeoutConfiguration: { timeoutInMinutes: 60, action: 'ROLLBACK' },
          },
        ],
      },
      loadBalancers: [{ targetGroupArn: 'arn:blue', advancedConfiguration: { alternateTargetGroupArn: 'arn:green' } }],
    })
    expect(handle).toMatchObject({
      serviceDeploymentArn: 'arn:deployment/1',
      revisionId: '1',
      image: `component-registry@${digest}`,
    })
  })

  it('resumes a rollout of the same release, without a second migration or update', async () => {
    await startRollout(ports, request)
    const { how, handle } = await startRollout(ports, { ...request, token: 'run-2' })
    expect(how).toBe('resumed')
    expect(handle.serviceDeploymentArn).toBe('arn:deployment/1')
    expect(services.updates).toHaveLength(1)
    expect(tasks.tokens).toEqual(['run-1'])
  })

  it('leaves a release alone that runs already, even when the pre-flight would object', async () => {
    await startRollout(ports, request)
    deployments.change('arn:deployment/1', { status: 'SUCCESSFUL' })
    problems = [{ message: 'objection' }]
    expect((await startRollout(ports, request)).how).toBe('unchanged')
  })

  it('uses the equal revision again that a killed run registered', async () => {
    await startRollout(ports, request)
    services.service = new FakeServices().service
    const before = definitions.registered.length
    await startRollout(ports, request)
    expect(definitions.registered).toHaveLength(before)
  })

  it('starts nothing when anything stands against it, and names all of it', async () => {
    problems = [{ message: 'the digest is held' }, { message: 'an alarm is in ALARM' }]
    await expect(startRollout(ports, request)).rejects.toThrow('the digest is held\nan alarm is in ALARM')
    expect(services.updates).toHaveLength(0)
    expect(tasks.tokens).toHaveLength(0)
    expect(definitions.registered).toHaveLength(1)
  })

  it('rolls nothing out after a failed migration, and shows the end of its log', async () => {
    tasks.exitCode = 1
    await expect(startRollout(ports, request)).rejects.toThrow(
      /exited with 1 .*nothing was rolled out\n {2}relation "packages"/s,
    )
    expect(services.updates).toHaveLength(0)
  })

  it('asks for infra when there is no service', async () => {
    services.service = undefined
    await expect(startRollout(ports, request)).rejects.toThrow(ConfigurationError)
  })
})
