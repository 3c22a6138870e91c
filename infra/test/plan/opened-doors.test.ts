import { describe, expect, it } from 'vitest'
import { templateChanges } from '../../lib/plan/template-changes.ts'
import { desiredState } from '../desired-state.ts'
import { templatesOf } from '../templates.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- properties have as many shapes as there are types
type Properties = Record<string, any>
interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Properties }>>
}
const templates = templatesOf(desiredState())
const anybody = (Action: string) => ({ Effect: 'Allow', Principal: '*', Action, Resource: '*' })

/** What the plan says of one resource of a type that is changed: the first that the change fits. */
function changed(type: string, change: (properties: Properties) => unknown) {
  for (const [file, template] of templates) {
    const copy = structuredClone(template) as Template
    const found = Object.values(copy.Resources).find(({ Type }) => Type === type)
    if (!found) continue
    change(found.Properties)
    const [stack] = templateChanges(templates, new Map([...templates, [file, copy]]))
    if (!stack) throw new Error(`the change of ${type} changes nothing in ${file}`)
    return stack
  }
  throw new Error(`no template has ${type}`)
}

describe('a plan calls permissions broadened', () => {
  it.each<[what: string, type: string, change: (properties: Properties) => unknown, said: RegExp]>([
    [
      'a boundary or an execution policy that is wider',
      'AWS::IAM::ManagedPolicy',
      (p) => (p['PolicyDocument'].Statement[0].Action = ['*']),
      /"Action":\["\*"\].* in the managed policy Boundary/,
    ],
    ['a role without its boundary', 'AWS::IAM::Role', (p) => delete p['PermissionsBoundary'], /which has no boundary/],
    [
      'a role with another boundary',
      'AWS::IAM::Role',
      (p) => (p['PermissionsBoundary'] = 'arn:aws:iam::aws:policy/AdministratorAccess'),
      /within arn:aws:iam::aws:policy\/AdministratorAccess/,
    ],
    [
      'a role that anybody may take',
      'AWS::IAM::Role',
      (p) => (p['AssumeRolePolicyDocument'].Statement[0].Principal = { AWS: '*' }),
      /for AWS:\*/,
    ],
    [
      'a role that is taken without a condition',
      'AWS::IAM::Role',
      (p) => delete p['AssumeRolePolicyDocument'].Statement[0].Condition,
      /AssumeRole.* for Federated:[^ ]+$/,
    ],
    [
      'a policy of AWS on a role',
      'AWS::IAM::Role',
      (p) => (p['ManagedPolicyArns'] = ['arn:aws:iam::aws:policy/AdministratorAccess']),
      /AdministratorAccess/,
    ],
    [
      'another audience of the identity provider',
      'AWS::IAM::OIDCProvider',
      (p) => (p['ClientIdList'] = ['sts.amazonaws.com', 'others']),
      /others/,
    ],
    [
      'a bucket that may be public',
      'AWS::S3::Bucket',
      (p) => delete p['PublicAccessBlockConfiguration'],
      /without BlockPublicPolicy/,
    ],
    [
      'a bucket that anybody may read',
      'AWS::S3::BucketPolicy',
      (p) => p['PolicyDocument'].Statement.push(anybody('s3:GetObject')),
      /s3:GetObject .* for \*/,
    ],
    ['a bucket without TLS', 'AWS::S3::BucketPolicy', (p) => p['PolicyDocument'].Statement.splice(0, 1), /Deny s3:\*/],
    [
      'a key that anybody may use',
      'AWS::KMS::Key',
      (p) => p['KeyPolicy'].Statement.push(anybody('kms:*')),
      /kms:\* .* for \*/,
    ],
    [
      'a topic that anybody may use',
      'AWS::SNS::TopicPolicy',
      (p) => p['PolicyDocument'].Statement.push(anybody('sns:*')),
      /sns:\* .* for \*/,
    ],
    [
      'images that anybody may pull',
      'AWS::ECR::Repository',
      (p) => p['RepositoryPolicyText'].Statement.push(anybody('ecr:*')),
      /ecr:\* .* for \*/,
    ],
    [
      'a database with a public address',
      'AWS::RDS::DBInstance',
      (p) => (p['PubliclyAccessible'] = true),
      /a public address of the database/,
    ],
    [
      'a group that everybody reaches',
      'AWS::EC2::SecurityGroupIngress',
      (p) => Object.assign(p, { SourceSecurityGroupId: undefined, CidrIp: '0.0.0.0/0' }),
      /Everyone/,
    ],
    [
      'an access list that lets more in',
      'AWS::EC2::NetworkAclEntry',
      (p) => Object.assign(p, { CidrBlock: '0.0.0.0/0', Protocol: -1 }),
      /way in past the access list: \["0\.0\.0\.0\/0"/,
    ],
  ])('for %s, and says so', (_, type, change, said) => {
    const { isBroadened, permissions } = changed(type, change)
    expect(isBroadened).toBe(true)
    expect(permissions.map(({ what }) => what)).toContainEqual(expect.stringMatching(said))
  })

  it('not for a setting that gives nobody anything', () => {
    const { isBroadened, permissions } = changed(
      'AWS::S3::Bucket',
      (p) => (p['LifecycleConfiguration'] = { Rules: [] }),
    )
    expect([isBroadened, permissions]).toEqual([false, []])
  })

  it('and shows the condition that a permission is given on', () => {
    const { permissions } = changed(
      'AWS::IAM::Role',
      (p) => delete p['AssumeRolePolicyDocument'].Statement[0].Condition,
    )
    const [given, taken] = permissions.map(({ what }) => what)
    expect(given).not.toContain(' if ')
    expect(taken).toContain(' if {"StringEquals"')
  })
})
