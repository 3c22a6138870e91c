import { describe, expect, it } from 'vitest'
import { profiles } from '../../lib/topology/profiles.ts'
import { profileCases, profileState, stacksOf, type Stack } from '../templates.ts'

/** The data stacks of prod by region, the primary first. */
function dataStacks(profile: string): Map<string, Stack> {
  const all = stacksOf(profileState(profile))
  const regions = profileCases.find((one) => one.profile === profile)?.regions ?? []
  return new Map(
    regions.map((region, index) => {
      const stack = all.get(`prod/sluice-prod-data${index === 0 ? '' : `.${region}`}.template.json`)
      if (!stack) throw new Error(`there is no data stack in ${region}`)
      return [region, stack]
    }),
  )
}
const primaryOf = (stacks: ReadonlyMap<string, Stack>) => [...stacks.values()].slice(0, 1)
const replicasOf = (stacks: ReadonlyMap<string, Stack>) => [...stacks.values()].slice(1)

describe.each(profileCases)('the databases of $profile', ({ profile, regions, clusters }) => {
  const stacks = dataStacks(profile)
  const { database, databaseProxy } = profiles[profile]
  const isGlobal = regions.length > 1

  it('keep two weeks of backups, are never public, and ask for TLS', () => {
    for (const stack of stacks.values()) {
      const kept = [...stack.ofType('AWS::RDS::DBCluster'), ...stack.ofType('AWS::RDS::DBInstance')].filter(
        ({ properties }) => properties['MasterUsername'] ?? properties['GlobalClusterIdentifier'],
      )
      expect(kept).toHaveLength(clusters)
      for (const { properties } of kept) expect(properties['BackupRetentionPeriod']).toBe(14)
      for (const { properties } of stack.ofType('AWS::RDS::DBInstance'))
        expect(properties['PubliclyAccessible']).toBe(false)
      expect(stack.get('Parameters').properties['Parameters']['rds.force_ssl']).toBe('1')
    }
  })

  it('stand in subnets that lead nowhere, behind the group of the databases', () => {
    for (const stack of stacks.values()) {
      expect(JSON.stringify(stack.get('Subnets').properties)).toContain('sluice-prod-database-subnets')
      for (const { properties } of stack.ofType('AWS::RDS::DBCluster')) {
        expect(properties['VpcSecurityGroupIds']).toEqual([{ 'Fn::ImportValue': 'sluice-prod-database-group' }])
      }
    }
  })

  it('have no password in any template: RDS keeps it, or a generated secret does', () => {
    for (const stack of stacks.values()) {
      for (const { properties } of [...stack.ofType('AWS::RDS::DBCluster'), ...stack.ofType('AWS::RDS::DBInstance')]) {
        const password = JSON.stringify(properties['MasterUserPassword'] ?? '{{resolve:secretsmanager:')
        expect(password).toContain('{{resolve:secretsmanager:')
      }
    }
  })

  it('are rotated: by RDS alone, by a function of ours where RDS refuses', () => {
    const [primary] = primaryOf(stacks)
    const managed = [
      ...(primary?.ofType('AWS::RDS::DBCluster') ?? []),
      ...(primary?.ofType('AWS::RDS::DBInstance') ?? []),
    ].filter(({ properties }) => properties['ManageMasterUserPassword'] === true)
    const rotated = primary?.ofType('AWS::SecretsManager::RotationSchedule') ?? []
    expect([managed.length, rotated.length]).toEqual(isGlobal ? [0, clusters] : [clusters, 0])
    const functions = [...stacks.values()].map((stack) => stack.ofType('AWS::Lambda::Function').length)
    expect(functions).toEqual(regions.map((_, index) => (isGlobal && index === 0 ? 1 : 0)))
    for (const { properties, raw } of rotated) {
      expect(properties['RotationLambdaARN']).toEqual({ 'Fn::GetAtt': ['Rotation', 'Arn'] })
      expect(properties['HostedRotationLambda']).toBeUndefined()
      expect(raw.DependsOn).toContain('RotationPermission')
    }
  })

  it('need no transform of AWS: what CloudFormation makes stands in the template, and its roles have the boundary', () => {
    for (const stack of stacks.values()) {
      expect(JSON.parse(stack.text)).not.toHaveProperty('Transform')
      const own = stack.ofType('AWS::Lambda::Function').map(({ properties }) => properties['Role'])
      for (const role of own) expect(role).toEqual({ 'Fn::GetAtt': ['RotationRole', 'Arn'] })
      for (const { properties } of stack.ofType('AWS::IAM::Role'))
        expect(properties['PermissionsBoundary']).toBe('arn:aws:iam::222222222222:policy/sluice-boundary')
    }
  })

  it('are all that the function may read that rotates them, where there is one', () => {
    const [primary] = primaryOf(stacks)
    const roles = (primary?.ofType('AWS::IAM::Role') ?? []).filter(
      ({ properties }) => properties['RoleName'] === 'sluice-prod-rotate-passwords',
    )
    const statements = roles.flatMap(({ properties }) => {
      const policies = properties['Policies'] as {
        PolicyDocument: { Statement: { Action: string[]; Resource: unknown }[] }
      }[]
      return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    })
    const reading = statements.filter(({ Action }) => Action.includes('secretsmanager:GetSecretValue'))
    const passwords = Array.from({ length: clusters }, (_, index) => ({ Ref: `Cluster${index}Password` }))
    expect(reading.map(({ Resource }) => Resource)).toEqual(isGlobal ? [passwords] : [])
    for (const { properties } of primary?.ofType('AWS::Lambda::Function') ?? [])
      expect(properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Environment: { Variables: { NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem' } },
      })
  })

  it('are named to tasks by URLs without a password, each with the secret that holds it', () => {
    for (const stack of stacks.values()) {
      const { Name, SecretString } = stack.get('DatabaseUrls').properties
      expect(Name).toBe('sluice/prod/registry/database')
      const text = JSON.stringify(SecretString)
      expect(text.match(/postgresql:\/\/registry@/g)).toHaveLength(clusters)
      expect(text.match(/:5432\/registry\?secret=/g)).toHaveLength(clusters)
      expect(text).not.toContain('resolve:')
    }
  })

  it('have a writer in the primary region alone', () => {
    const aurora = database.kind === 'aurora' ? database : undefined
    const count = (stack: Stack) => stack.ofType('AWS::RDS::DBInstance').length / clusters
    expect(primaryOf(stacks).map(count)).toEqual([1 + (aurora?.readers.minimum ?? 0)])
    expect(replicasOf(stacks).map(count)).toEqual(replicasOf(stacks).map(() => aurora?.replicas))
    for (const stack of replicasOf(stacks)) {
      for (const { properties } of stack.ofType('AWS::RDS::DBCluster')) {
        expect(properties).toMatchObject({ SourceRegion: 'us-east-1' })
        expect(properties['EnableGlobalWriteForwarding']).toBeUndefined()
        expect(properties['MasterUsername']).toBeUndefined()
        expect(properties['MasterUserPassword']).toBeUndefined()
      }
    }
  })

  it('belong to one Global Database a cluster, found by the same name from every region', () => {
    const made = primaryOf(stacks).flatMap((stack) =>
      stack.ofType('AWS::RDS::GlobalCluster').map(({ properties }) => properties['GlobalClusterIdentifier']),
    )
    expect(made).toHaveLength(isGlobal ? clusters : 0)
    for (const stack of replicasOf(stacks)) {
      expect(stack.ofType('AWS::RDS::GlobalCluster')).toEqual([])
      expect(
        stack.ofType('AWS::RDS::DBCluster').map(({ properties }) => properties['GlobalClusterIdentifier']),
      ).toEqual(made)
    }
  })

  it('have their password in every region that may take over', () => {
    const passwords = primaryOf(stacks)
      .flatMap((stack) => stack.ofType('AWS::SecretsManager::Secret'))
      .filter(({ logicalId }) => logicalId.endsWith('Password'))
    expect(passwords).toHaveLength(isGlobal ? clusters : 0)
    for (const { properties } of passwords) {
      expect(properties['ReplicaRegions']).toEqual(
        regions.slice(1).map((region) => ({
          Region: region,
          KmsKeyId: {
            'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:kms:${region}:222222222222:alias/sluice-prod-data`]],
          },
        })),
      )
    }
  })

  it('have readers that follow the load, and a proxy where the profile pays for it', () => {
    const targets = [...stacks.values()].map(
      (stack) => stack.ofType('AWS::ApplicationAutoScaling::ScalableTarget').length,
    )
    expect(targets).toEqual([database.kind === 'aurora' ? clusters : 0, ...regions.slice(1).map(() => 0)])
    const proxies = primaryOf(stacks).map((stack) => stack.ofType('AWS::RDS::DBProxy').length)
    expect(proxies).toEqual([databaseProxy ? clusters : 0])
  })

  it('have one table of slots for all regions, which can be brought back to any second', () => {
    const tables = [...stacks.values()].flatMap((stack) => stack.ofType('AWS::DynamoDB::GlobalTable'))
    expect(tables).toHaveLength(1)
    const [table] = tables
    expect(table?.properties).toMatchObject({
      TableName: 'sluice-prod-slots',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    })
    expect(table?.properties['MultiRegionConsistency']).toBeUndefined()
    const replicas = table?.properties['Replicas'] as { Region: string; PointInTimeRecoverySpecification: object }[]
    expect(replicas.map(({ Region }) => Region)).toEqual(regions)
    for (const { PointInTimeRecoverySpecification } of replicas) {
      expect(PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true })
    }
  })
})
