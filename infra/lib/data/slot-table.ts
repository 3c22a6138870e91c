import { CfnDeletionPolicy } from 'aws-cdk-lib'
import { CfnGlobalTable } from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'
import { names } from '@sluice/core/names'

/**
 * The table of slots: which logical shard owns which part of the names, and on which cluster a shard lives. The workload writes it with a
 * condition on the epoch and refuses what is stale, which is what eventual consistency between regions asks for; strong
 * consistency (MRSC) is not offered for us-east-1, us-west-2 and eu-west-1 together (research of 2026-11).
 */
export function addSlotTable(
  scope: Construct,
  environment: string,
  regions: readonly string[],
  isProtected: boolean,
): CfnGlobalTable {
  const table = new CfnGlobalTable(scope, 'Slots', {
    tableName: names.slotTable(environment),
    billingMode: 'PAY_PER_REQUEST',
    attributeDefinitions: [{ attributeName: 'id', attributeType: 'S' }],
    keySchema: [{ attributeName: 'id', keyType: 'HASH' }],
    sseSpecification: { sseEnabled: true, sseType: 'KMS' },
    // A table in several regions replicates by its stream.
    ...(regions.length > 1 ? { streamSpecification: { streamViewType: 'NEW_AND_OLD_IMAGES' } } : {}),
    replicas: regions.map((region) => ({
      region,
      deletionProtectionEnabled: isProtected,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // By alias: the key is the replica's own region's, and every region has one of that name.
      sseSpecification: { kmsMasterKeyId: names.keyAlias(environment, 'data') },
      // Tags of a replica are its own: those of the stack do not reach them.
      tags: [
        { key: 'sluice:environment', value: environment },
        { key: 'sluice:stack', value: 'data' },
      ],
    })),
  })
  table.cfnOptions.deletionPolicy = table.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN
  return table
}
