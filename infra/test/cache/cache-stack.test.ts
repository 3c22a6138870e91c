import { describe, expect, it } from 'vitest'
import { planStacks } from '../../lib/planning/stacks.ts'
import { desiredState } from '../desired-state.ts'
import { profileState, stacksOf, type Stack } from '../templates.ts'

function cacheStacks(profile: string): Stack[] {
  return [...stacksOf(profileState(profile))]
    .filter(([file]) => file.startsWith('prod/sluice-prod-cache'))
    .map(([, stack]) => stack)
}
const groups = (profile: string) =>
  cacheStacks(profile).flatMap((stack) => stack.ofType('AWS::ElastiCache::ReplicationGroup'))

describe('the cache', () => {
  it('is none where the profile has none, and no stack either', () => {
    expect(cacheStacks('free')).toEqual([])
    expect(
      planStacks(profileState('free')).some(({ environment, part }) => environment === 'prod' && part === 'cache'),
    ).toBe(false)
  })

  it('bills by use in dev, with limits', () => {
    const [cache] = cacheStacks('dev').flatMap((stack) => stack.ofType('AWS::ElastiCache::ServerlessCache'))
    expect(cache?.properties).toMatchObject({
      Engine: 'valkey',
      CacheUsageLimits: { DataStorage: { Maximum: 1, Unit: 'GB' }, ECPUPerSecond: { Maximum: 1000 } },
    })
  })

  it.each([
    ['production', 3],
    ['global', 3],
  ] as const)('is a replication group over zones in every region of %s', (profile, count) => {
    expect(groups(profile)).toHaveLength(count)
    for (const { properties } of groups(profile)) {
      expect(properties).toMatchObject({
        AutomaticFailoverEnabled: true,
        MultiAZEnabled: true,
        TransitEncryptionEnabled: true,
      })
      expect(properties['UserGroupIds']).toHaveLength(1)
    }
  })

  it('is joined over regions in global: the others take engine and size from the primary', () => {
    const [primary, ...others] = groups('global')
    expect(primary?.properties).toMatchObject({ Engine: 'valkey', CacheNodeType: 'cache.m7g.large' })
    for (const { properties } of others) {
      expect(properties['GlobalReplicationGroupId']).toEqual({ Ref: 'GlobalDatastoreId' })
      expect(properties).not.toHaveProperty('Engine')
      expect(properties).not.toHaveProperty('CacheNodeType')
    }
    const [first, ...rest] = cacheStacks('global')
    expect(first?.ofType('AWS::ElastiCache::GlobalReplicationGroup')).toHaveLength(1)
    for (const stack of rest) expect(stack.ofType('AWS::ElastiCache::GlobalReplicationGroup')).toEqual([])
    for (const stack of rest) expect(stack.text).toContain('"Default":"ldgnf-sluice-prod"')
  })

  it('asks for the id of the Global Datastore where the prefix of the primary is not known', () => {
    const state = desiredState({
      prod: { regions: '[eu-west-1, us-east-1]', topology: '{ profile: global, physicalClusters: 1 }' },
    })
    const text = stacksOf(state).get('prod/sluice-prod-cache.us-east-1.template.json')?.text
    expect(text).toContain('"GlobalDatastoreId":{"Type":"String","Description"')
  })

  it('lets one user in, with a password from Secrets Manager and no dangerous command', () => {
    for (const stack of [...cacheStacks('dev'), ...cacheStacks('global')]) {
      const users = stack.ofType('AWS::ElastiCache::User')
      expect(users).toHaveLength(1)
      for (const { properties } of users) {
        expect(properties['AccessString']).toBe('on ~* &* +@all -@dangerous')
        expect(JSON.stringify(properties['AuthenticationMode'])).toContain('{{resolve:secretsmanager:')
      }
    }
  })

  it('shares its password over regions only where it shares its data', () => {
    const passwords = (profile: string) =>
      cacheStacks(profile).map((stack) => stack.resources.filter(({ logicalId }) => logicalId === 'Password').length)
    expect(passwords('production')).toEqual([1, 1, 1])
    expect(passwords('global')).toEqual([1, 0, 0])
  })
})
