/** One statement of an IAM policy document, as templates and trust policies write it. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: string | readonly string[]
  readonly Principal?:
    | {
        readonly Federated?: string | readonly string[]
        readonly AWS?: string | readonly string[]
        readonly Service?: string | readonly string[]
      }
    | '*'
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

export interface PolicyDocument {
  readonly Version?: string
  readonly Statement: Statement | readonly Statement[]
}

/** What is asked of a trust policy: who wants which action, and the values of IAM's condition keys. */
export interface TrustRequest {
  readonly action: string
  /** The ARN of the OIDC provider, AWS's own service, or the ARN of the calling principal. */
  readonly federated?: string
  readonly service?: string
  readonly aws?: string
  readonly keys: Readonly<Record<string, string | undefined>>
}

const asList = <Value>(value: Value | readonly Value[]): readonly Value[] =>
  Array.isArray(value) ? value : [value as Value]

/** `*` and `?` as IAM has them. */
function matchesPattern(pattern: string, value: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(value)
}

const operators: Readonly<Record<string, (wanted: string, found: string) => boolean>> = {
  StringEquals: (wanted, found) => wanted === found,
  StringEqualsIgnoreCase: (wanted, found) => wanted.toLowerCase() === found.toLowerCase(),
  StringLike: matchesPattern,
  ArnEquals: matchesPattern,
  ArnLike: matchesPattern,
}

/** Keys are joined by AND, values by OR; a key that the request has not never matches (IAM: "Conditions with multiple keys"). */
function conditionsHold(condition: Statement['Condition'], keys: TrustRequest['keys']): boolean {
  const found = new Map(Object.entries(keys).map(([key, value]) => [key.toLowerCase(), value]))
  return Object.entries(condition ?? {}).every(([operator, wanted]) => {
    const matches = operators[operator]
    // An operator that this evaluator does not know must not open a door.
    if (!matches) return false
    return Object.entries(wanted).every(([key, values]) => {
      const value = found.get(key.toLowerCase())
      return value != null && asList(values).some((candidate) => matches(candidate, value))
    })
  })
}

function principalMatches(principal: Statement['Principal'], { federated, service, aws }: TrustRequest): boolean {
  if (principal === '*') return true
  if (federated != null) return asList(principal?.Federated ?? []).includes(federated)
  if (service != null) return asList(principal?.Service ?? []).includes(service)
  const account = /^arn:aws:[a-z]+::(\d{12}):/.exec(aws ?? '')?.[1]
  return asList(principal?.AWS ?? []).some(
    (one) => one === aws || one === account || one === `arn:aws:iam::${account}:root`,
  )
}

/** Whether a role may be assumed. An explicit deny wins; nothing that matches means no. */
export function isTrusted(document: PolicyDocument, request: TrustRequest): boolean {
  const matching = asList(document.Statement).filter(
    ({ Action, Principal, Condition }) =>
      asList(Action).some((action) => matchesPattern(action, request.action)) &&
      principalMatches(Principal, request) &&
      conditionsHold(Condition, request.keys),
  )
  return matching.some(({ Effect }) => Effect === 'Allow') && !matching.some(({ Effect }) => Effect === 'Deny')
}
