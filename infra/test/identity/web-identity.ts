import type { PolicyDocument } from '../../lib/identity/policy.ts'

/** The claims of GitHub's tokens that STS makes condition keys of (Service Authorization Reference: AWS STS). */
const conditionKeys = [
  'aud',
  'sub',
  'actor',
  'actor_id',
  'enterprise_id',
  'environment',
  'job_workflow_ref',
  'ref',
  'repository',
  'repository_id',
  'repository_owner_id',
  'workflow',
]

export type Claims = Readonly<Record<string, string>>

/** A job that asks GitHub for a token. */
export interface TokenJob {
  readonly owner: string
  readonly ownerId: number
  readonly repository: string
  readonly repositoryId: number
  readonly ref: string
  readonly environment?: string
  readonly event: string
  /** `owner/repository/.github/workflows/file@ref`. */
  readonly jobWorkflowRef: string
  readonly audience: string
}

/** What GitHub writes into the token ("OpenID Connect reference"); subjects carry ids in repositories made since 2026-07-15. */
export function claimsOf(job: TokenJob, form: 'classic' | 'immutable'): Claims {
  const { owner, ownerId, repository, repositoryId, ref, environment, event } = job
  const place = form === 'classic' ? `${owner}/${repository}` : `${owner}@${ownerId}/${repository}@${repositoryId}`
  const context =
    environment == null ? (event === 'pull_request' ? 'pull_request' : `ref:${ref}`) : `environment:${environment}`
  return {
    iss: 'https://token.actions.githubusercontent.com',
    aud: job.audience,
    sub: `repo:${place}:${context}`,
    repository: `${owner}/${repository}`,
    repository_id: String(repositoryId),
    repository_owner: owner,
    repository_owner_id: String(ownerId),
    ref,
    event_name: event,
    workflow: 'deploy',
    job_workflow_ref: job.jobWorkflowRef,
    ...(environment == null ? {} : { environment }),
  }
}

const asList = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value)

/**
 * Whether a trust policy lets a token in, as STS decides: keys joined by AND, values by OR, a key that the request lacks never
 * matches. Throws for everything but StringEquals, so that a policy cannot pass by what this evaluator does not know.
 */
export function mayAssume(trust: PolicyDocument, provider: string, claims: Claims): boolean {
  const issuer = provider.slice(provider.indexOf('/') + 1)
  const keys = new Map(
    conditionKeys.flatMap((name) => (claims[name] == null ? [] : [[`${issuer}:${name}`, claims[name]]])),
  )
  return trust.Statement.some((statement) => {
    const { Effect, Action, Condition = {} } = statement
    const { Federated } = (statement as { Principal?: { Federated?: string } }).Principal ?? {}
    if (Effect !== 'Allow') throw new Error(`expected statements that allow, found ${Effect}`)
    if (!asList(Action).includes('sts:AssumeRoleWithWebIdentity') || Federated !== provider) return false
    return Object.entries(Condition).every(([operator, wanted]) => {
      if (operator !== 'StringEquals') throw new Error(`expected StringEquals alone, found ${operator}`)
      return Object.entries(wanted).every(([key, values]) => asList(values).includes(keys.get(key) ?? ''))
    })
  })
}
