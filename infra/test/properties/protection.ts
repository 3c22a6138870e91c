import { nameOf, type Resource, type Stack } from '../templates.ts'

/** How a type says that it is not deleted by mistake, and keeps what it holds when its stack goes. */
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
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ({ properties }) =>
    (properties['LoadBalancerAttributes'] ?? []).some(
      ({ Key, Value }: { Key: string; Value: string }) => Key === 'deletion_protection.enabled' && Value === 'true',
    ),
}

export function deletedByMistake(stacks: readonly Stack[]): string[] {
  return stacks.flatMap((stack) =>
    stack.resources
      .filter((resource) => !(protections[resource.type]?.(resource) ?? true))
      .map((resource) => nameOf(stack, resource)),
  )
}
