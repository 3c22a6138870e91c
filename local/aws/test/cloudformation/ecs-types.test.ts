import { expect, it } from 'vitest'
import { ecsTypes } from '../../src/cloudformation/ecs-types.ts'

it('takes note of scalable targets that are no ECS services, such as the readers of a database', async () => {
  const types = ecsTypes(() => Promise.reject(new Error('ECS knows nothing of databases')))
  const properties = {
    ResourceId: 'cluster:sluice-prod-0',
    ScalableDimension: 'rds:cluster:ReadReplicaCount',
    ServiceNamespace: 'rds',
    MinCapacity: 1,
  }
  const context = { generated: 'x', existing: undefined, before: undefined, account: '0', region: 'us-east-1' }
  expect(await types['AWS::ApplicationAutoScaling::ScalableTarget']?.(properties, context)).toMatchObject({
    ref: 'cluster:sluice-prod-0|rds:cluster:ReadReplicaCount|rds',
  })
})
