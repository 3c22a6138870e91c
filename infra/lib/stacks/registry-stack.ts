import { CfnDeletionPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { CfnRegistryScanningConfiguration, CfnReplicationConfiguration, CfnRepository } from 'aws-cdk-lib/aws-ecr'
import type { Construct } from 'constructs'
import type { DesiredState } from '@sluice/core/environment/read'
import { repositoryPolicy } from '../identity/image-access.ts'
import { registryRegions } from '../topology/regions.ts'

/**
 * The artifact account's registry in one region: one repository a service, whose tags never move but for caches and referrers. Builds
 * push to the account's own region, and ECR copies from there. It copies images alone, no settings, and deletes nothing, so every
 * region has the same stack, and the copies' stacks come first: ECR makes a bare repository where it finds none.
 */
export class RegistryStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps, state: DesiredState) {
    super(scope, id, props)
    const { region } = this
    const { artifacts, services } = state.project
    const images = Object.values(services).map(({ image }) => image)
    for (const [service, { image }] of Object.entries(services)) {
      const repository = new CfnRepository(this, `Repository-${service}`, {
        repositoryName: image,
        imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
        // Referrers fall back to tags of this shape, and are written again with every attestation (research: supply-chain 4).
        imageTagMutabilityExclusionFilters: ['cache-*', 'sha256-*'].map((value) => ({
          imageTagMutabilityExclusionFilterType: 'WILDCARD',
          imageTagMutabilityExclusionFilterValue: value,
        })),
        encryptionConfiguration: { encryptionType: 'KMS' },
        lifecyclePolicy: { lifecyclePolicyText: JSON.stringify(lifecycle) },
        repositoryPolicyText: repositoryPolicy(state, image, region),
      })
      // What runs is pulled from here again whenever a task is replaced: no stack takes it away.
      repository.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN
      repository.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN
    }
    if (region !== artifacts.region) return
    new CfnRegistryScanningConfiguration(this, 'Scanning', {
      // The packages of the application are audited from its lock file; ENHANCED would bill every image for finding them again.
      scanType: 'BASIC',
      rules: [{ scanFrequency: 'SCAN_ON_PUSH', repositoryFilters: [{ filter: '*', filterType: 'WILDCARD' }] }],
    })
    const [, ...copies] = registryRegions(state)
    if (copies.length === 0) return
    new CfnReplicationConfiguration(this, 'Replication', {
      replicationConfiguration: {
        rules: [
          {
            destinations: copies.map((copy) => ({ region: copy, registryId: artifacts.account })),
            repositoryFilters: images.map((filter) => ({ filter, filterType: 'PREFIX_MATCH' })),
          },
        ],
      },
    })
  }
}

/**
 * ECR's lifecycle rules know tags and ages, and nothing of what runs. So no rule may select what a build has tagged by its commit,
 * which is every release: those stay for good (0.10 USD a GB and month), and only a person's BatchDeleteImage takes one away. What
 * has no tag after a year is the rest of a push that was killed half way.
 */
const lifecycle = {
  rules: [
    {
      rulePriority: 1,
      description: 'build caches',
      selection: {
        tagStatus: 'tagged',
        tagPatternList: ['cache-*'],
        countType: 'sinceImagePushed',
        countUnit: 'days',
        countNumber: 30,
      },
      action: { type: 'expire' },
    },
    {
      rulePriority: 2,
      description: 'rests of pushes that ended before the tag',
      selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 365 },
      action: { type: 'expire' },
    },
  ],
}
