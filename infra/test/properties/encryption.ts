import { nameOf, type Resource, type Stack } from '../templates.ts'

type Properties = Resource['properties']

/** How a type that keeps something says that it is encrypted with a key of the environment's own. */
const encrypted: Readonly<Record<string, (properties: Properties) => unknown>> = {
  'AWS::RDS::DBInstance': ({ KmsKeyId, StorageEncrypted, DBClusterIdentifier, PerformanceInsightsKMSKeyId }) =>
    // A member is encrypted as its cluster is; what it keeps of its own are its insights.
    DBClusterIdentifier ? PerformanceInsightsKMSKeyId : StorageEncrypted && KmsKeyId,
  'AWS::RDS::DBCluster': ({ KmsKeyId, StorageEncrypted }) => StorageEncrypted && KmsKeyId,
  'AWS::RDS::GlobalCluster': ({ SourceDBClusterIdentifier, StorageEncrypted }) =>
    // Made of a cluster, it is as that one is.
    SourceDBClusterIdentifier ?? StorageEncrypted,
  'AWS::DynamoDB::GlobalTable': ({ SSESpecification, Replicas }) =>
    SSESpecification?.SSEType === 'KMS' &&
    Replicas.every((replica: Properties) => replica['SSESpecification']?.KMSMasterKeyId),
  'AWS::SecretsManager::Secret': ({ KmsKeyId, ReplicaRegions = [] }) =>
    KmsKeyId && ReplicaRegions.every((replica: Properties) => replica['KmsKeyId']),
  'AWS::ElastiCache::ReplicationGroup': ({ KmsKeyId, AtRestEncryptionEnabled, TransitEncryptionEnabled }) =>
    AtRestEncryptionEnabled && TransitEncryptionEnabled && KmsKeyId,
  'AWS::ElastiCache::ServerlessCache': ({ KmsKeyId }) => KmsKeyId,
  'AWS::Logs::LogGroup': ({ KmsKeyId }) => KmsKeyId,
  'AWS::SNS::Topic': ({ KmsMasterKeyId }) => KmsMasterKeyId,
  'AWS::S3::Bucket': ({ BucketName, BucketEncryption }) => {
    const [rule] = BucketEncryption?.ServerSideEncryptionConfiguration ?? []
    const { SSEAlgorithm, KMSMasterKeyID } = rule?.ServerSideEncryptionByDefault ?? {}
    // S3 delivers access logs to buckets with its own encryption alone.
    return String(BucketName).includes('-access-') ? SSEAlgorithm === 'AES256' : KMSMasterKeyID
  },
}

/** Types that keep nothing, or settings alone, by service or by name: a type that stands nowhere has to be thought about. */
const keepsNothing =
  /^AWS::(ARCRegionSwitch|ApplicationAutoScaling|Budgets|CloudFront|CloudWatch|EC2|ECS|ElasticLoadBalancingV2|IAM|KMS|Route53|WAFv2)::|^AWS::(ElastiCache::(GlobalReplicationGroup|SubnetGroup|User|UserGroup)|Logs::(Delivery|DeliveryDestination|DeliverySource)|RDS::(DBClusterParameterGroup|DBParameterGroup|DBProxy|DBProxyTargetGroup|DBSubnetGroup)|S3::BucketPolicy|SNS::TopicPolicy|Lambda::(Function|Permission)|SSM::Parameter|SecretsManager::(RotationSchedule|SecretTargetAttachment))$/

/** Everything that is kept without a key of the environment's own, and what nobody has said anything of. */
export function keptInTheOpen(stacks: readonly Stack[]): string[] {
  return stacks.flatMap((stack) =>
    stack.resources
      .filter(({ type, properties }) => {
        const check = encrypted[type]
        return check == null ? !keepsNothing.test(type) : !check(properties)
      })
      .map((resource) => nameOf(stack, resource)),
  )
}
