import { sizeOf, templateLimitBytes } from '@sluice/core/stacks/template-text'
import { describe, expect, it } from 'vitest'
import { planStacks } from '../lib/planning/stacks.ts'
import { waves } from '../lib/planning/stack-plan.ts'
import { profiles } from '../lib/topology/profiles.ts'
import { shardHomes } from '../lib/topology/shards.ts'
import { silentAlarms } from './properties/alarms.ts'
import { openToEverybody, publicByItself, waysOutOfData } from './properties/doors.ts'
import { keptInTheOpen } from './properties/encryption.ts'
import { grantsEverything } from './properties/permissions.ts'
import { deletedByMistake } from './properties/protection.ts'
import { untagged } from './properties/tags.ts'
import { profileCases, profileState, stacksOf, wholeEdge, withCertificates } from './templates.ts'

const certified = `{ ${withCertificates} }`
const cases = [
  ...profileCases.map((one) => ({ ...one, door: 'the load balancer', edge: '{}' })),
  ...profileCases.map((one) => ({ ...one, door: 'the load balancer, which has a certificate,', edge: certified })),
  ...profileCases
    .filter(({ profile }) => profiles[profile].edge.distribution)
    .map((one) => ({ ...one, door: 'CloudFront', edge: wholeEdge })),
]

describe.each(cases)('every stack of prod with the profile $profile behind $door', (one) => {
  const { profile, clusters, regions, edge } = one
  const state = profileState(profile, edge)
  const plan = planStacks(state).filter(({ environment }) => environment === 'prod')
  const all = stacksOf(state)
  const prod = plan.map(({ file }) => all.get(file)).filter((stack) => stack != null)

  it('is encrypted with a key of its own, wherever something is kept', () => {
    expect(keptInTheOpen(prod)).toEqual([])
    const kept = prod.flatMap(({ resources }) => resources.map(({ type }) => type))
    expect(kept).toEqual(expect.arrayContaining(['AWS::SecretsManager::Secret', 'AWS::DynamoDB::GlobalTable']))
  })

  it('keeps what it holds when its stack is deleted', () => {
    expect(deletedByMistake(prod)).toEqual([])
  })

  it('is open to everybody at its door, and nowhere else: there is no distribution, or nothing but the distribution', () => {
    const ports = edge === '{}' ? ['80-80'] : edge === wholeEdge ? [] : ['443-443', '80-80']
    const networks = plan.filter(({ part }) => part === 'network')
    expect(openToEverybody(prod)).toEqual(
      networks.flatMap(({ file }) => ports.map((port) => `${file} LoadBalancerGroup ${port}`)),
    )
    expect(prod.flatMap((stack) => stack.ofType('AWS::CloudFront::Distribution'))).toHaveLength(
      edge === wholeEdge ? 1 : 0,
    )
    expect(publicByItself(prod)).toEqual([])
  })

  it('leads nowhere from the subnets of data', () => {
    expect(prod.flatMap((stack) => stack.ofType('AWS::EC2::Route')).length).toBeGreaterThan(0)
    expect(waysOutOfData(prod)).toEqual([])
  })

  it('grants nobody everything, in the stacks of all accounts', () => {
    const everywhere = [...all.values()]
    expect(everywhere.flatMap((stack) => stack.ofType('AWS::IAM::Role')).length).toBeGreaterThan(20)
    expect(grantsEverything(everywhere)).toEqual([])
  })

  it('has no alarm that tells nobody', () => {
    expect(prod.flatMap((stack) => stack.ofType('AWS::CloudWatch::Alarm')).length).toBeGreaterThan(0)
    expect(silentAlarms([...all.values()])).toEqual([])
  })

  it('says on every resource that can be tagged which environment and stack it is of', () => {
    expect(prod.flatMap((stack) => stack.ofType('AWS::EC2::VPC'))).toHaveLength(regions.length)
    expect(untagged(prod, 'prod')).toEqual([])
  })

  it('has no template that is larger than CloudFormation takes', () => {
    for (const { file } of plan) {
      const { text = '', resources = [] } = all.get(file) ?? {}
      expect(resources.length, file).toBeGreaterThan(0)
      expect(sizeOf(text), file).toBeLessThanOrEqual(templateLimitBytes)
      // Resources of a template (CloudFormation quotas).
      expect(resources.length, file).toBeLessThanOrEqual(500)
    }
  })

  it('imports nothing that no stack of its own region exports', () => {
    for (const { file, region } of plan) {
      const exports = new Set(
        plan.filter((one) => one.region === region).flatMap((one) => [...(all.get(one.file)?.exports.keys() ?? [])]),
      )
      const imported = [...(all.get(file)?.text ?? '').matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(([, name]) => name)
      for (const name of imported) expect(exports, file).toContain(name)
    }
  })

  it('comes after every stack that it imports from', () => {
    const order = new Map(waves(plan).flatMap((wave, index) => wave.map(({ file }) => [file, index] as const)))
    for (const { file, region } of plan) {
      const imported = new Set(
        [...(all.get(file)?.text ?? '').matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(([, name]) => name ?? ''),
      )
      const sources = plan.filter(
        (one) => one.region === region && [...imported].some((name) => all.get(one.file)?.exports.has(name)),
      )
      for (const source of sources)
        expect(order.get(source.file), `${file} after ${source.file}`).toBeLessThan(order.get(file) ?? 0)
    }
  })

  it('has its replicas in the order that AWS asks for', () => {
    const order = new Map(waves(plan).flatMap((wave, index) => wave.map(({ id }) => [id, index] as const)))
    const at = (part: string, region: string | undefined) => order.get(`prod/${part}/${region}`) ?? Number.NaN
    const [primary, ...replicas] = regions
    for (const replica of replicas) {
      expect(at('storage', replica)).toBeLessThan(at('storage', primary))
      expect(at('data', primary)).toBeLessThan(at('data', replica))
      expect(at('cache', primary)).toBeLessThan(at('cache', replica))
      expect(at('keys', replica)).toBeLessThan(at('data', primary))
      expect(at('service', replica)).toBeLessThan(at('service', primary))
    }
    const services = plan.filter(({ part }) => part === 'service').map(({ id }) => order.get(id) ?? Number.NaN)
    expect(at('service', primary)).toBe(Math.max(...services))
  })

  it('owns every logical shard once', () => {
    const homes = shardHomes({ topology: { profile, logicalShards: 8, physicalClusters: clusters } })
    expect(homes.flatMap(({ shards }) => shards).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    for (const { file } of plan.filter(({ part }) => part === 'data')) {
      const stack = all.get(file)
      const [own] = stack?.ofType('AWS::RDS::DBCluster').length ? ['AWS::RDS::DBCluster'] : ['AWS::RDS::DBInstance']
      const databases = stack
        ?.ofType(own ?? '')
        .map(({ properties }) => properties['DBClusterIdentifier'] ?? properties['DBInstanceIdentifier'])
      expect(databases).toEqual(homes.map(({ cluster }) => `sluice-prod-${cluster}`))
      const urls = JSON.stringify(stack?.get('DatabaseUrls').properties['SecretString'])
      expect(urls.split('postgresql://')).toHaveLength(clusters + 1)
    }
  })
})
