import { describe, expect, it } from 'vitest'
import { clientAddress, planRecovery } from '../../src/recovery/recovery-plan.ts'
import { request } from './world.ts'

const three = ['us-east-1', 'us-west-2', 'eu-west-1']
const plan = (writers: readonly (string | undefined)[], wanted?: string, regions = three) =>
  planRecovery('prod', request({}, regions).environment, new Map(writers.entries()), wanted)

describe('the region that takes over', () => {
  it.each([
    ['the first other one, from the primary', ['us-east-1', 'us-east-1'], undefined, 'us-west-2', 'us-west-2'],
    ['the wanted one', ['us-east-1', 'us-east-1'], 'eu-west-1', 'eu-west-1', 'eu-west-1'],
    ['the primary, on the way back', ['eu-west-1', 'eu-west-1'], undefined, 'us-east-1', 'eu-west-1'],
    ['the wanted one, when half of it is there', ['us-east-1', 'us-west-2'], 'us-west-2', 'us-west-2', 'us-west-2'],
    ['the first other one, while nobody knows', [undefined, undefined], undefined, 'us-west-2', 'us-west-2'],
  ])('is %s', (_, writers, wanted, region, other) => {
    expect(plan(writers, wanted)).toMatchObject({ region, planName: `sluice-prod-${other}` })
  })

  it.each([
    ['there is one region', ['us-east-1', 'us-east-1'], undefined, ['us-east-1'], /expected another region/],
    ['the writers are apart and nobody says where to', ['us-east-1', 'us-west-2'], undefined, three, /input "region"/],
    ['it is none of the environment', ['us-east-1', 'us-east-1'], 'sa-east-1', three, /expected one of us-east-1/],
    ['no plan has both ends', ['us-west-2', 'us-west-2'], 'eu-west-1', three, /move to us-east-1 first/],
    ['two regions would have to move to the primary', ['us-west-2', 'eu-west-1'], 'us-east-1', three, /one other/],
  ])('is refused when %s', (_, writers, wanted, regions, message) => {
    expect(() => plan(writers, wanted, regions)).toThrow(message)
  })

  it('has each cluster with the shards that were placed on it', () => {
    expect(plan(['us-east-1', 'us-west-2'], 'us-west-2').moves).toEqual([
      { cluster: 0, shards: [0, 2, 4, 6], from: 'us-east-1', isThere: false },
      { cluster: 1, shards: [1, 3, 5, 7], from: 'us-west-2', isThere: true },
    ])
  })
})

describe('the address of clients', () => {
  const stateOf = (edge: { domain?: string; certificateArn?: string }, kind = 'web') =>
    ({
      name: 'prod',
      environment: { ...request().environment, edge: { ...request().environment.edge, ...edge } },
      services: { registry: { kind } },
    }) as unknown as Parameters<typeof clientAddress>[0]

  it.each([
    ['https://registry.example.com', stateOf({ domain: 'example.com', certificateArn: 'arn:1' })],
    ['http://registry.example.com', stateOf({ domain: 'example.com' })],
    [undefined, stateOf({})],
    [undefined, stateOf({ domain: 'example.com' }, 'worker')],
  ])('is %s', (address, state) => {
    expect(clientAddress(state)).toBe(address)
  })
})
