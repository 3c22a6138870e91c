import { Stack, type StackProps } from 'aws-cdk-lib'
import { CfnRegistryScanningConfiguration, CfnRepository } from 'aws-cdk-lib/aws-ecr'
import type { Construct } from 'constructs'
import type { DesiredState } from '@sluice/core/environment/read'

/** The artifact account's registry: one repository a service, whose tags never move but for caches and referrers. */
export class RegistryStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps, { project, environments }: DesiredState) {
    super(scope, id, props)
    const accounts = [...new Set(Object.values(environments).map(({ environment }) => environment.account))].sort()
    for (const [service, { image }] of Object.entries(project.services)) {
      new CfnRepository(this, `Repository-${service}`, {
        repositoryName: image,
        imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
        // Referrers fall back to tags of this shape, and are written again with every attestation (research: supply-chain 4).
        imageTagMutabilityExclusionFilters: ['cache-*', 'sha256-*'].map((value) => ({
          imageTagMutabilityExclusionFilterType: 'WILDCARD',
          imageTagMutabilityExclusionFilterValue: value,
        })),
        encryptionConfiguration: { encryptionType: 'KMS' },
        lifecyclePolicy: {
          lifecyclePolicyText: JSON.stringify({
            rules: [
              {
                rulePriority: 1,
                description: 'images that no tag names and that are too old to return to',
                selection: {
                  tagStatus: 'untagged',
                  countType: 'sinceImagePushed',
                  countUnit: 'days',
                  countNumber: 365,
                },
                action: { type: 'expire' },
              },
            ],
          }),
        },
        repositoryPolicyText: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'Pull',
              Effect: 'Allow',
              Principal: { AWS: accounts.map((account) => `arn:aws:iam::${account}:root`) },
              Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'],
            },
          ],
        },
      })
    }
    new CfnRegistryScanningConfiguration(this, 'Scanning', {
      scanType: 'BASIC',
      rules: [{ scanFrequency: 'SCAN_ON_PUSH', repositoryFilters: [{ filter: '*', filterType: 'WILDCARD' }] }],
    })
  }
}
