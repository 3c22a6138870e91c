/** One permission that is given or taken. */
export interface PermissionChange {
  readonly kind: 'given' | 'taken'
  readonly what: string
}

interface Resource {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
}
type Resources = Readonly<Record<string, Resource | undefined>>

/**
 * What AWS's template diff does not read of permissions: the documents of managed policies (it looks at them by the roles that they are
 * attached to, and a boundary or an execution policy names none), boundaries, identity providers, and settings that let everybody in.
 * Statements of roles, resource policies and security groups are that diff's.
 */
export function openedDoors(before: object, after: object): PermissionChange[] {
  const [old, now] = [resourcesOf(before), resourcesOf(after)]
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].sort().flatMap((id) => {
    const type = (now[id] ?? old[id])?.Type ?? ''
    const read = doors[type]
    if (!read) return []
    const [was, is] = [old[id], now[id]].map((resource) => new Set(resource ? read(id, resource.Properties ?? {}) : []))
    return [
      ...[...(is ?? [])].filter((what) => !was?.has(what)).map((what) => ({ kind: 'given' as const, what })),
      ...[...(was ?? [])].filter((what) => !is?.has(what)).map((what) => ({ kind: 'taken' as const, what })),
    ]
  })
}

/** Whether more is let in than before: something that is given, or a denial that is taken away. */
export function isOpened({ kind, what }: PermissionChange): boolean {
  return kind === (what.includes('"Effect":"Deny"') ? 'taken' : 'given')
}

/** What a resource lets in, in words that stay the same while it does. */
const doors: Readonly<Record<string, (id: string, properties: Readonly<Record<string, unknown>>) => string[]>> = {
  'AWS::IAM::ManagedPolicy': (id, { PolicyDocument }) =>
    statementsOf(PolicyDocument).map((statement) => `${textOf(statement)} in the managed policy ${id}`),
  'AWS::IAM::Role': (id, properties) => boundaryOf(id, properties),
  'AWS::IAM::User': (id, properties) => boundaryOf(id, properties),
  'AWS::IAM::OIDCProvider': (id, { Url, ClientIdList }) => [
    `tokens of ${textOf(Url)} for ${textOf(ClientIdList)} by ${id}`,
  ],
  'AWS::S3::Bucket': (id, { PublicAccessBlockConfiguration: block }) =>
    publicBlocks
      .filter((name) => (block as Readonly<Record<string, unknown>> | undefined)?.[name] !== true)
      .map((name) => `${id} without ${name}`),
  'AWS::RDS::DBInstance': (id, { PubliclyAccessible }) =>
    PubliclyAccessible === true ? [`a public address of the database ${id}`] : [],
  'AWS::EC2::NetworkAclEntry': (id, { RuleAction, Egress, CidrBlock, Ipv6CidrBlock, Protocol, PortRange }) =>
    RuleAction === 'allow' && Egress !== true
      ? [`way in past the access list: ${textOf([CidrBlock ?? Ipv6CidrBlock, Protocol, PortRange])} by ${id}`]
      : [],
}

const publicBlocks = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets']

const boundaryOf = (id: string, { PermissionsBoundary: boundary }: Readonly<Record<string, unknown>>) => [
  boundary == null ? `all that its policies say, to ${id}, which has no boundary` : `${id} within ${textOf(boundary)}`,
]

const statementsOf = (document: unknown) =>
  [(document as { readonly Statement?: unknown } | undefined)?.Statement ?? []].flat()

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const resourcesOf = (template: object): Resources => (template as { readonly Resources?: Resources }).Resources ?? {}
