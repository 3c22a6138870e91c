import { nameOf, type Resource, type Stack } from '../templates.ts'

type Properties = Resource['properties']

/** Blocks that nobody can say who is in: everybody, and the halves that everybody is made of. */
const isEverybody = (block: unknown) => typeof block === 'string' && /\/[0-7]$/.test(block)

/** Rules of security groups that let everybody in: `<file> <resource> <first port>-<last port>`. */
export function openToEverybody(stacks: readonly Stack[]): string[] {
  return stacks.flatMap((stack) =>
    stack.resources.flatMap(({ logicalId, type, properties }) => {
      const rules: Properties[] =
        type === 'AWS::EC2::SecurityGroupIngress'
          ? [properties]
          : type === 'AWS::EC2::SecurityGroup'
            ? (properties['SecurityGroupIngress'] ?? [])
            : []
      return rules
        .filter(({ CidrIp, CidrIpv6 }) => isEverybody(CidrIp) || CidrIpv6 != null)
        .map(({ FromPort, ToPort }) => `${stack.file} ${logicalId} ${FromPort}-${ToPort}`)
    }),
  )
}

/** What can be read from outside whatever its network says: public databases and buckets, policies for everybody. */
export function publicByItself(stacks: readonly Stack[]): string[] {
  const isPublic: Readonly<Record<string, (properties: Properties) => boolean>> = {
    'AWS::RDS::DBInstance': ({ PubliclyAccessible }) => PubliclyAccessible !== false,
    'AWS::S3::Bucket': ({ PublicAccessBlockConfiguration: block = {} }) =>
      ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].some(
        (name) => block[name] !== true,
      ),
  }
  return stacks.flatMap((stack) =>
    stack.resources
      .filter(({ type, properties }) => {
        const policy = properties['PolicyDocument'] ?? properties['KeyPolicy'] ?? properties['RepositoryPolicyText']
        const statements: Properties[] = policy?.Statement ?? []
        return isPublic[type]?.(properties) === true || statements.some(isForEverybody)
      })
      .map((resource) => nameOf(stack, resource)),
  )
}

/** A statement that allows everybody, without a condition that says who. */
function isForEverybody({ Effect, Principal, Condition }: Properties): boolean {
  const isAll = Principal === '*' || [Principal?.AWS].flat().includes('*')
  return Effect === 'Allow' && isAll && Condition == null
}

/** Routes of the subnets that hold data to anywhere: they have none at all. */
export function waysOutOfData(stacks: readonly Stack[]): string[] {
  return stacks.flatMap((stack) => {
    const tables = new Set(
      stack
        .ofType('AWS::EC2::SubnetRouteTableAssociation')
        .filter(({ properties }) => /^(database|cache)\d$/.test(properties['SubnetId'].Ref))
        .map(({ properties }) => properties['RouteTableId'].Ref as string),
    )
    return stack
      .ofType('AWS::EC2::Route')
      .filter(({ properties }) => tables.has(properties['RouteTableId'].Ref))
      .map((resource) => nameOf(stack, resource))
  })
}
