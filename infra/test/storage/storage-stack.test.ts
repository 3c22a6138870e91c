import { describe, expect, it } from 'vitest'
import { profileCases, profileState, stacksOf } from '../templates.ts'

describe.each(profileCases)('the artifacts of $profile', ({ profile, regions }) => {
  const stacks = [...stacksOf(profileState(profile))]
    .filter(([file]) => file.startsWith('prod/sluice-prod-storage'))
    .map(([, stack]) => stack)
  const buckets = stacks.map((stack) => stack.get('Artifacts').properties)

  it('have one bucket a region, versioned, closed to the public, logged', () => {
    expect(buckets.map(({ BucketName }) => BucketName)).toEqual(
      regions.map((region) => `sluice-prod-artifacts-222222222222-${region}`),
    )
    for (const bucket of buckets) {
      expect(bucket).toMatchObject({
        VersioningConfiguration: { Status: 'Enabled' },
        LoggingConfiguration: { DestinationBucketName: { Ref: 'Logs' } },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      })
      expect(bucket['BucketName'].length).toBeLessThanOrEqual(63)
    }
  })

  it('refuse plain HTTP and old TLS, in logs as well', () => {
    for (const stack of stacks) {
      for (const policy of ['ArtifactsPolicy', 'LogsPolicy']) {
        const [plain, old] = stack.get(policy).properties['PolicyDocument'].Statement
        expect(plain).toMatchObject({
          Effect: 'Deny',
          Principal: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        })
        expect(old).toMatchObject({ Effect: 'Deny', Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } } })
      }
    }
  })

  it('stay readable at once: only backups go to sleep', () => {
    for (const bucket of buckets) {
      const { IntelligentTieringConfigurations: tiers, LifecycleConfiguration } = bucket
      expect(tiers.map(({ Prefix }: { Prefix: string }) => Prefix)).toEqual(['backups/'])
      const classes = LifecycleConfiguration.Rules.flatMap(({ Transitions = [] }) => Transitions).map(
        ({ StorageClass }: { StorageClass: string }) => StorageClass,
      )
      expect(classes).toEqual(['INTELLIGENT_TIERING'])
      const expiring = LifecycleConfiguration.Rules.filter((rule: object) => 'ExpirationInDays' in rule)
      expect(expiring.map(({ Prefix }: { Prefix?: string }) => Prefix)).toEqual(['backups/'])
    }
  })

  it('replicate from the primary to every other region, under the key of that region', () => {
    const rules = (buckets[0]?.['ReplicationConfiguration']?.Rules ?? []) as {
      Destination: { Bucket: unknown; EncryptionConfiguration: { ReplicaKmsKeyID: unknown } }
    }[]
    expect(rules).toHaveLength(regions.length - 1)
    for (const [index, { Destination }] of rules.entries()) {
      const region = regions[index + 1]
      expect(JSON.stringify(Destination.Bucket)).toContain(`sluice-prod-artifacts-222222222222-${region}`)
      expect(JSON.stringify(Destination.EncryptionConfiguration)).toContain(
        `:kms:${region}:222222222222:alias/sluice-prod-artifacts`,
      )
    }
    for (const bucket of buckets.slice(1)) expect(bucket['ReplicationConfiguration']).toBeUndefined()
  })
})
