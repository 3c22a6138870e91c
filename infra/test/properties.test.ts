import { describe, expect, it } from 'vitest'
import { planStacks } from '../lib/planning/stacks.ts'
import { waves } from '../lib/planning/stack-plan.ts'
import { profiles } from '../lib/topology/profiles.ts'
import { shardHomes } from '../lib/topology/shards.ts'
import { profileCases, profileState, stacksOf, wholeEdge, type Resource, type Stack } from './templates.ts'

/** How a type says that it is encrypted with a key of the environment's own. */
const encrypted: Readonly<Record<string, (properties: Resource['properties']) => unknown>> = {
  'AWS::RDS::DBInstance': ({ KmsKeyId, StorageEncrypted, DBClusterIdentifier, PerformanceInsightsKMSKeyId }) =>
    // A member is encrypted as its cluster is; what it keeps of its own are its insights.
    DBClusterIdentifier ? PerformanceInsightsKMSKeyId : StorageEncrypted && KmsKeyId,
  'AWS::RDS::DBCluster': ({ KmsKeyId, StorageEncrypted }) => StorageEncrypted && KmsKeyId,
  'AWS::DynamoDB::GlobalTable': ({ SSESpecification, Replicas }) =>
    SSESpecification.SSEType === 'KMS' &&
    Replicas.every((replica: Resource['properties']) => replica['SSESpecification'].KMSMasterKeyId),
  'AWS::SecretsManager::Secret': ({ KmsKeyId, ReplicaRegions = [] }) =>
    KmsKeyId && ReplicaRegions.every((replica: Resource['properties']) => replica['KmsKeyId']),
  'AWS::ElastiCache::ReplicationGroup': ({ KmsKeyId, AtRestEncryptionEnabled, TransitEncryptionEnabled }) =>
    AtRestEncryptionEnabled && TransitEncryptionEnabled && KmsKeyId,
  'AWS::ElastiCache::ServerlessCache': ({ KmsKeyId }) => KmsKeyId,
  'AWS::S3::Bucket': ({ BucketName, BucketEncryption }) => {
    const [rule] = BucketEncryption.ServerSideEncryptionConfiguration
    const { SSEAlgorithm, KMSMasterKeyID } = rule.ServerSideEncryptionByDefault
    // S3 delivers access logs to buckets with its own encryption alone.
    return BucketName.includes('-access-') ? SSEAlgorithm === 'AES256' : KMSMasterKeyID
  },
}

/** How a type says that it is not deleted by mistake. */
const protections: Readonly<Record<string, (resource: Resource) => unknown>> = {
  'AWS::RDS::DBInstance': ({ properties, raw }) =>
    properties['DBClusterIdentifier'] || (properties['DeletionProtection'] && raw.DeletionPolicy === 'Snapshot'),
  'AWS::RDS::DBCluster': ({ properties, raw }) => properties['DeletionProtection'] && raw.DeletionPolicy === 'Snapshot',
  'AWS::RDS::GlobalCluster': ({ properties }) => properties['DeletionProtection'],
  'AWS::DynamoDB::GlobalTable': ({ properties, raw }) =>
    raw.DeletionPolicy === 'Retain' &&
    properties['Replicas'].every((replica: Resource['properties']) => replica['DeletionProtectionEnabled']),
  'AWS::S3::Bucket': ({ raw }) => raw.DeletionPolicy === 'Retain' && raw.UpdateReplacePolicy === 'Retain',
  'AWS::KMS::Key': ({ raw }) => raw.DeletionPolicy === 'Retain',
}

const nameOf = ({ file }: Stack, { logicalId }: Resource) => `${file} ${logicalId}`

const cases = [
  ...profileCases.map((one) => ({ ...one, door: 'the load balancer', edge: '{}' })),
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
  const each = (check: (stack: Stack, resource: Resource) => void) => {
    for (const stack of prod) for (const resource of stack.resources) check(stack, resource)
  }

  it('is encrypted with a key of its own, wherever something is kept', () => {
    const seen = new Set<string>()
    const open: string[] = []
    each((stack, resource) => {
      const check = encrypted[resource.type]
      if (!check) return
      seen.add(resource.type)
      if (!check(resource.properties)) open.push(nameOf(stack, resource))
    })
    expect(open).toEqual([])
    expect([...seen]).toEqual(expect.arrayContaining(['AWS::SecretsManager::Secret', 'AWS::DynamoDB::GlobalTable']))
  })

  it('keeps what it holds when its stack is deleted', () => {
    const unprotected: string[] = []
    each((stack, resource) => {
      if (!(protections[resource.type]?.(resource) ?? true)) unprotected.push(nameOf(stack, resource))
    })
    expect(unprotected).toEqual([])
  })

  it('is open to everybody at its door, and nowhere else: there is no distribution, or nothing but the distribution', () => {
    const open: string[] = []
    each((stack, { logicalId, type, properties }) => {
      const rules =
        type === 'AWS::EC2::SecurityGroupIngress'
          ? [properties]
          : type === 'AWS::EC2::SecurityGroup'
            ? (properties['SecurityGroupIngress'] ?? [])
            : []
      for (const { CidrIp, CidrIpv6, FromPort } of rules as Resource['properties'][]) {
        if (CidrIp === '0.0.0.0/0' || CidrIpv6) open.push(`${stack.file} ${logicalId} ${FromPort}`)
      }
    })
    const networks = plan.filter(({ part }) => part === 'network').map(({ file }) => `${file} LoadBalancerGroup 80`)
    expect(open).toEqual(edge === wholeEdge ? [] : networks)
    expect(prod.flatMap((stack) => stack.ofType('AWS::CloudFront::Distribution'))).toHaveLength(
      edge === wholeEdge ? 1 : 0,
    )
  })

  it('says on every resource that can be tagged which environment and stack it is of', () => {
    const vpcs = prod.flatMap((stack) => stack.ofType('AWS::EC2::VPC'))
    expect(vpcs).toHaveLength(regions.length)
    const untagged: string[] = []
    each((stack, resource) => {
      const { Tags } = resource.properties
      if (!Array.isArray(Tags)) return
      const tags = new Map(Tags.map(({ Key, Value }) => [Key, Value]))
      const part = plan.find(({ file }) => file === stack.file)?.part
      if (tags.get('sluice:environment') !== 'prod' || tags.get('sluice:stack') !== part)
        untagged.push(nameOf(stack, resource))
    })
    expect(untagged).toEqual([])
    for (const type of ['AWS::EC2::VPC', 'AWS::KMS::Key', 'AWS::S3::Bucket', 'AWS::EC2::Subnet']) {
      for (const stack of prod)
        for (const { properties } of stack.ofType(type)) expect(properties['Tags']).toBeDefined()
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
