import { describe, expect, it } from 'vitest'
import { waves } from '../../lib/planning/stack-plan.ts'
import { planStacks } from '../../lib/planning/stacks.ts'
import { buildTemplates } from '../../lib/planning/synthesize.ts'
import { profileCases, profileState, Stack } from '../templates.ts'
import { silentAlarms } from './alarms.ts'
import { openToEverybody, publicByItself, waysOutOfData } from './doors.ts'
import { keptInTheOpen } from './encryption.ts'
import { grantsEverything } from './permissions.ts'
import { deletedByMistake } from './protection.ts'
import { untagged } from './tags.ts'

interface RawResource {
  readonly Type: string
  DeletionPolicy?: string
  // oxlint-disable-next-line typescript/no-explicit-any -- a template's properties have as many shapes as there are types
  Properties: Record<string, any>
}
type Check = (stacks: readonly Stack[]) => string[]

const add = (resources: Record<string, RawResource>, Type: string, Properties: RawResource['Properties']) => {
  resources['Mutant'] = { Type, Properties }
}
const rule = { GroupId: 'sg', IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432 }
const policy = (statement: object) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] })
const role = (properties: object) => ({ AssumeRolePolicyDocument: policy({}), ...properties })
const inline = (statement: object) =>
  role({ Policies: [{ PolicyName: 'wide', PolicyDocument: policy(statement) }], Tags: [] })

/** One fault that somebody could make, and the property that has to see it: in the resources of a type, or as one more resource. */
const mutations: readonly (readonly [
  what: string,
  check: Check,
  type: string,
  mutate: (resource: RawResource, all: Record<string, RawResource>) => void,
])[] = [
  ['logs without a key', keptInTheOpen, 'AWS::Logs::LogGroup', ({ Properties }) => delete Properties['KmsKeyId']],
  [
    'a bucket without a key',
    keptInTheOpen,
    'AWS::S3::Bucket',
    ({ Properties }) => delete Properties['BucketEncryption'],
  ],
  [
    'a secret without a key',
    keptInTheOpen,
    'AWS::SecretsManager::Secret',
    ({ Properties }) => delete Properties['KmsKeyId'],
  ],
  [
    'a table with a key of AWS',
    keptInTheOpen,
    'AWS::DynamoDB::GlobalTable',
    ({ Properties }) => delete Properties['Replicas'][0].SSESpecification,
  ],
  [
    'a database without a key',
    keptInTheOpen,
    'AWS::RDS::DBInstance',
    ({ Properties }) => {
      delete Properties['KmsKeyId']
      delete Properties['PerformanceInsightsKMSKeyId']
    },
  ],
  ['a topic without a key', keptInTheOpen, 'AWS::SNS::Topic', ({ Properties }) => delete Properties['KmsMasterKeyId']],
  [
    'a store that nobody has thought about',
    keptInTheOpen,
    'AWS::EC2::VPC',
    (_, all) => add(all, 'AWS::EFS::FileSystem', {}),
  ],
  [
    'a table without protection',
    deletedByMistake,
    'AWS::DynamoDB::GlobalTable',
    (table) => (table.DeletionPolicy = 'Delete'),
  ],
  [
    'a bucket that goes with its stack',
    deletedByMistake,
    'AWS::S3::Bucket',
    (bucket) => (bucket.DeletionPolicy = 'Delete'),
  ],
  ['a key that goes with its stack', deletedByMistake, 'AWS::KMS::Key', (key) => (key.DeletionPolicy = 'Delete')],
  [
    'a load balancer without protection',
    deletedByMistake,
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    ({ Properties }) => (Properties['LoadBalancerAttributes'] = []),
  ],
  [
    'a database that everybody reaches',
    openToEverybody,
    'AWS::EC2::VPC',
    (_, all) => add(all, 'AWS::EC2::SecurityGroupIngress', { ...rule, CidrIp: '0.0.0.0/0' }),
  ],
  [
    'a database that half of everybody reaches',
    openToEverybody,
    'AWS::EC2::VPC',
    (_, all) => add(all, 'AWS::EC2::SecurityGroupIngress', { ...rule, CidrIp: '128.0.0.0/1' }),
  ],
  [
    'a database that is reached by IPv6',
    openToEverybody,
    'AWS::EC2::SecurityGroup',
    ({ Properties }) => (Properties['SecurityGroupIngress'] = [{ ...rule, CidrIpv6: '::/0' }]),
  ],
  [
    'a database with a public address',
    publicByItself,
    'AWS::RDS::DBInstance',
    ({ Properties }) => (Properties['PubliclyAccessible'] = true),
  ],
  [
    'a bucket that may be made public',
    publicByItself,
    'AWS::S3::Bucket',
    ({ Properties }) => (Properties['PublicAccessBlockConfiguration'].BlockPublicPolicy = false),
  ],
  [
    'a bucket that everybody reads',
    publicByItself,
    'AWS::S3::BucketPolicy',
    ({ Properties }) => (Properties['PolicyDocument'] = policy({ Principal: '*', Action: 's3:GetObject' })),
  ],
  [
    'a topic that everybody writes to',
    publicByItself,
    'AWS::SNS::TopicPolicy',
    ({ Properties }) => (Properties['PolicyDocument'] = policy({ Principal: { AWS: '*' }, Action: 'sns:Publish' })),
  ],
  [
    'a way out of the databases',
    waysOutOfData,
    'AWS::EC2::SubnetRouteTableAssociation',
    ({ Properties }, all) => {
      if (Properties['SubnetId'].Ref === 'database0')
        add(all, 'AWS::EC2::Route', { RouteTableId: Properties['RouteTableId'], DestinationCidrBlock: '0.0.0.0/0' })
    },
  ],
  [
    'a role that may do all',
    grantsEverything,
    'AWS::EC2::VPC',
    (_, all) => add(all, 'AWS::IAM::Role', inline({ Action: '*', Resource: '*' })),
  ],
  [
    'a role that may do all but one thing',
    grantsEverything,
    'AWS::EC2::VPC',
    (_, all) => add(all, 'AWS::IAM::Role', inline({ NotAction: 'iam:*', Resource: '*' })),
  ],
  [
    'a policy beside its role',
    grantsEverything,
    'AWS::EC2::VPC',
    (_, all) => add(all, 'AWS::IAM::Policy', { PolicyDocument: policy({ Action: ['s3:Get*', '*'], Resource: ['*'] }) }),
  ],
  [
    'an administrator',
    grantsEverything,
    'AWS::EC2::VPC',
    (_, all) =>
      add(all, 'AWS::IAM::Role', role({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] })),
  ],
  [
    'an alarm that tells nobody',
    silentAlarms,
    'AWS::CloudWatch::Alarm',
    ({ Properties }) => (Properties['AlarmActions'] = []),
  ],
  [
    'an alarm that is switched off',
    silentAlarms,
    'AWS::CloudWatch::CompositeAlarm',
    ({ Properties }) => (Properties['ActionsEnabled'] = false),
  ],
  ['a network of nobody', prodUntagged, 'AWS::EC2::VPC', ({ Properties }) => delete Properties['Tags']],
  [
    'a table of another environment',
    prodUntagged,
    'AWS::DynamoDB::GlobalTable',
    ({ Properties }) => (Properties['Replicas'][0].Tags = [{ Key: 'sluice:environment', Value: 'dev' }]),
  ],
]

function prodUntagged(stacks: readonly Stack[]): string[] {
  return untagged(stacks, 'prod')
}

describe.each(profileCases)('the properties of $profile see', ({ profile }) => {
  const state = profileState(profile)
  const templates = [...buildTemplates(state)].filter(([file]) => file.startsWith('prod/'))

  it.each(mutations)('%s', (_, check, type, mutate) => {
    const stacks = (change: boolean) =>
      templates.map(([file, template]) => {
        const copy = structuredClone(template) as { Resources: Record<string, RawResource> }
        for (const resource of change ? Object.values(copy.Resources) : [])
          if (resource.Type === type) mutate(resource, copy.Resources)
        return new Stack(file, copy)
      })
    const before = check(stacks(false))
    const after = check(stacks(true))
    expect(after.length).toBeGreaterThan(before.length)
  })

  it('stacks that wait for each other', () => {
    const plan = planStacks(state)
    expect(waves(plan).flat()).toHaveLength(plan.length)
    const last = waves(plan).at(-1)?.[0]?.id ?? ''
    const [first] = plan
    expect(() =>
      waves(plan.map((stack) => (stack === first ? { ...stack, needs: [...stack.needs, last] } : stack))),
    ).toThrow(/stacks wait for each other/)
  })
})
