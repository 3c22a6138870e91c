import { nameOf, type Resource, type Stack } from '../templates.ts'

/** Types that a bill or an inventory asks for; the others are looked at where they have tags. */
const tagged = [
  'AWS::DynamoDB::GlobalTable',
  'AWS::EC2::NatGateway',
  'AWS::EC2::Subnet',
  'AWS::EC2::VPC',
  'AWS::ECS::Cluster',
  'AWS::ECS::Service',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
]

/** What does not say which environment and stack it is of. */
export function untagged(stacks: readonly Stack[], environment: string): string[] {
  return stacks.flatMap((stack) => {
    const part = new RegExp(`^${environment}/sluice-${environment}-([a-z]+)\\.`).exec(stack.file)?.[1]
    return stack.resources
      .filter(({ type, properties }) => {
        // A global table's tags are its replicas'.
        const owners: Resource['properties'][] = properties['Replicas'] ?? [properties]
        return owners.some(({ Tags }) => {
          if (!Array.isArray(Tags)) return tagged.includes(type)
          const own = new Map((Tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]))
          return own.get('sluice:environment') !== environment || own.get('sluice:stack') !== part
        })
      })
      .map((resource) => nameOf(stack, resource))
  })
}
