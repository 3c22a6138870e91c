import { describe, expect, it } from 'vitest'
import { deploymentConfiguration, loadBalancersToSend } from '../../src/rollout/deployment-configuration.ts'
import { definitionTags, renderTaskDefinitions } from '../../src/rollout/task-definition.ts'
import { aService, digest, loadBalancing, skeleton } from './fakes.ts'

const host = '222222222222.dkr.ecr.us-east-1.amazonaws.com'
const render = (changes: Record<string, unknown> = {}, of = skeleton) =>
  renderTaskDefinitions('prod', 'registry', aService(changes), of, host)
const hashOf = ({ tags }: ReturnType<typeof render>['service']) =>
  tags.find(({ key }) => key === definitionTags.hash)?.value

describe('renderTaskDefinitions', () => {
  it('joins skeleton, file and release into what ECS registers', () => {
    const { service } = render()
    expect(service).toMatchObject({
      family: 'prod-registry',
      cpu: '512',
      memory: '1024',
      executionRoleArn: skeleton.executionRoleArn,
      containerDefinitions: [
        {
          name: 'registry',
          image: `${host}/component-registry@${digest}`,
          environment: [
            { name: 'LOG_LEVEL', value: 'info' },
            { name: 'PORT', value: '8080' },
            { name: 'SLUICE_ENVIRONMENT', value: 'prod' },
            { name: 'SLUICE_RELEASE_COMMIT', value: 'c'.repeat(40) },
            { name: 'SLUICE_RELEASE_VERSION', value: '1.4.0' },
          ],
          secrets: [
            {
              name: 'DATABASE_URLS',
              valueFrom: 'arn:aws:secretsmanager:us-east-1:222222222222:secret:sluice/prod/registry/database',
            },
          ],
          portMappings: [{ containerPort: 8080, protocol: 'tcp' }],
          readonlyRootFilesystem: true,
          stopTimeout: 30,
        },
      ],
    })
  })

  it('runs migrations with the same image, variables and secrets, without ports or side-cars', () => {
    const { migrate } = render({}, { ...skeleton, sideCars: [{ name: 'proxy', image: 'proxy' }] })
    expect(migrate?.family).toBe('prod-registry-migrate')
    expect(migrate?.containerDefinitions).toHaveLength(1)
    expect(migrate?.containerDefinitions[0]).toMatchObject({ command: ['node', 'migrate.ts'] })
    expect(migrate?.containerDefinitions[0]).not.toHaveProperty('portMappings')
    expect(render({ migrate: undefined }).migrate).toBeUndefined()
  })

  it('hashes what ECS runs: equal input is equal, any change is another', () => {
    expect(hashOf(render().service)).toBe(hashOf(render().service))
    const changed = render({ task: { cpu: 512, memory: 1024, env: { LOG_LEVEL: 'debug' } } })
    expect(hashOf(changed.service)).not.toBe(hashOf(render().service))
  })

  it('does not register a new revision for a change of the rollout alone', () => {
    expect(hashOf(render({ rollout: { strategy: 'CANARY' } }).service)).toBe(hashOf(render().service))
  })
})

describe('deploymentConfiguration', () => {
  it.each([
    [
      { strategy: 'ROLLING' },
      { strategy: 'ROLLING', lifecycleHooks: [], minimumHealthyPercent: 100, maximumPercent: 200 },
    ],
    [
      { strategy: 'BLUE_GREEN', bakeTime: '5m' },
      { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 },
    ],
    [
      { strategy: 'CANARY', canaryPercent: 5, canaryBakeTime: '2m' },
      { canaryConfiguration: { canaryPercent: 5, canaryBakeTimeInMinutes: 2 } },
    ],
    [{ strategy: 'LINEAR', stepPercent: 20 }, { linearConfiguration: { stepPercent: 20, stepBakeTimeInMinutes: 0 } }],
    [
      { strategy: 'ROLLING', alarms: ['high-errors'] },
      { alarms: { alarmNames: ['high-errors'], enable: true, rollback: true } },
    ],
    [{ strategy: 'ROLLING' }, { alarms: { alarmNames: [], enable: false, rollback: false } }],
  ])('says %j in ECS’s words', (rollout, expected) => {
    expect(deploymentConfiguration(aService({ rollout }).rollout)).toMatchObject(expected)
  })

  it('has pauses exactly where traffic shifts, and an unanswered one rolls back', () => {
    const { lifecycleHooks } = deploymentConfiguration(
      aService({ rollout: { strategy: 'BLUE_GREEN', pauses: { timeout: '90m' } } }).rollout,
    )
    expect(lifecycleHooks).toEqual([
      {
        targetType: 'PAUSE',
        lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT', 'PRE_PRODUCTION_TRAFFIC_SHIFT'],
        timeoutConfiguration: { timeoutInMinutes: 90, action: 'ROLLBACK' },
      },
    ])
  })
})

describe('loadBalancersToSend', () => {
  const { rollout } = aService()
  const { targetGroupArn, ...advancedConfiguration } = loadBalancing

  it('sends them only when they differ: sending them starts a deployment', () => {
    expect(loadBalancersToSend(rollout, skeleton, [{ targetGroupArn, advancedConfiguration }])).toBeUndefined()
    expect(loadBalancersToSend(rollout, skeleton, [{ targetGroupArn }])).toHaveLength(1)
    expect(loadBalancersToSend(aService({ rollout: { strategy: 'ROLLING' } }).rollout, skeleton, [])).toBeUndefined()
  })

  it('takes swapped target groups for the same: every rollout swaps them', () => {
    const swapped = {
      targetGroupArn: advancedConfiguration.alternateTargetGroupArn,
      advancedConfiguration: { ...advancedConfiguration, alternateTargetGroupArn: targetGroupArn },
    }
    expect(loadBalancersToSend(rollout, skeleton, [swapped])).toBeUndefined()
  })
})
