import { beforeEach, describe, expect, it } from 'vitest'
import { rollBack, type RollBackPorts } from '../../src/rollout/roll-back.ts'
import { definitionTags } from '../../src/rollout/task-definition.ts'
import {
  aDeployment,
  aHandle,
  digest,
  FakeClock,
  FakeDefinitions,
  FakeDeployments,
  FakeHolds,
  FakeServices,
} from './fakes.ts'

describe('rollBack', () => {
  let services: FakeServices
  let definitions: FakeDefinitions
  let deployments: FakeDeployments
  let holds: FakeHolds
  let clock: FakeClock
  let ports: RollBackPorts

  beforeEach(() => {
    services = new FakeServices()
    definitions = new FakeDefinitions()
    definitions.registered.push({ arn: 'arn:prod-registry:2', tags: {} })
    deployments = new FakeDeployments()
    holds = new FakeHolds()
    clock = new FakeClock()
    ports = {
      services,
      definitions,
      deployments,
      holds,
      clock,
      random: () => 0.5,
      report: () => {},
      revisionTaskDefinition: async () => 'arn:prod-registry:1',
    }
  })

  const runs = (taskDefinitionArn: string, id = 'ecs-svc/1') => {
    if (services.service) services.service = { ...services.service, primary: { id, taskDefinitionArn } }
  }

  it('has ECS roll back what is in progress, then deregisters the revision and holds the digest', async () => {
    runs('arn:prod-registry:2')
    deployments.put(aDeployment())
    deployments.onStop = (arn) => {
      deployments.change(arn, { status: 'ROLLBACK_IN_PROGRESS' })
      clock.onSleep = () => {
        deployments.change(arn, { status: 'ROLLBACK_SUCCESSFUL' })
        runs('arn:prod-registry:1', 'ecs-svc/0')
      }
    }
    const result = await rollBack(ports, aHandle(), 'errors: 12 of 200')
    expect(result).toMatchObject({ outcome: 'rolled-back', taskDefinitionArn: 'arn:prod-registry:1' })
    expect(deployments.stopped).toEqual(['arn:deployment/1'])
    expect(services.updates).toHaveLength(0)
    expect(definitions.deregistered).toEqual(['arn:prod-registry:2'])
    expect(holds.hold).toMatchObject({ digest, reason: 'errors: 12 of 200', serviceDeploymentArn: 'arn:deployment/1' })
  })

  it('returns to the revision before when it has landed, without pauses or bakes', async () => {
    runs('arn:prod-registry:2')
    deployments.put(aDeployment({ status: 'SUCCESSFUL' }))
    services.onUpdate = () => {
      const target = { ...aDeployment().target, arn: 'arn:service-revision/1' }
      deployments.put(aDeployment({ arn: 'arn:deployment/back', status: 'SUCCESSFUL', target }))
    }
    const result = await rollBack(ports, aHandle(), 'by hand')
    expect(result.outcome).toBe('rolled-back')
    expect(services.updates).toMatchObject([
      {
        taskDefinitionArn: 'arn:prod-registry:1',
        deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0, lifecycleHooks: [] },
      },
    ])
  })

  it('does nothing twice: a second call finds it rolled back and keeps the first reason', async () => {
    deployments.put(aDeployment({ status: 'ROLLBACK_SUCCESSFUL' }))
    await rollBack(ports, aHandle(), 'the judge said so')
    await rollBack(ports, aHandle(), 'a later step failed')
    expect(holds.hold?.reason).toBe('the judge said so')
    expect(deployments.stopped).toEqual([])
  })

  it('never deregisters the revision that runs', async () => {
    runs('arn:prod-registry:2')
    deployments.put(aDeployment({ status: 'ROLLBACK_SUCCESSFUL' }))
    expect((await rollBack(ports, aHandle(), 'x')).outcome).toBe('failed')
    expect(definitions.deregistered).toEqual([])
  })

  it('refuses to return past a contract migration', async () => {
    runs('arn:prod-registry:2')
    definitions.registered[1] = { arn: 'arn:prod-registry:2', tags: { [definitionTags.migration]: 'contract' } }
    deployments.put(aDeployment({ status: 'SUCCESSFUL' }))
    await expect(rollBack(ports, aHandle(), 'x')).rejects.toThrow('contract migration')
    expect(services.updates).toHaveLength(0)
  })

  it('leaves a service alone that moved on', async () => {
    deployments.put(aDeployment({ status: 'STOPPED' }))
    deployments.put(aDeployment({ arn: 'arn:deployment/2', createdAt: new Date(clock.now().getTime() + 1) }))
    await expect(rollBack(ports, aHandle(), 'x')).rejects.toThrow('superseded by arn:deployment/2')
    expect(holds.hold).toBeUndefined()
  })

  it('asks for a person when ECS could not roll back', async () => {
    deployments.put(
      aDeployment({ status: 'ROLLBACK_FAILED', statusReason: 'No rollback candidate was found to run the rollback.' }),
    )
    expect(await rollBack(ports, aHandle(), 'x')).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('person'),
    })
  })
})
