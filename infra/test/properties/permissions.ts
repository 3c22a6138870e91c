import { nameOf, type Resource, type Stack } from '../templates.ts'

interface PolicyStatement {
  readonly Effect: string
  readonly Action?: string | readonly string[]
  readonly NotAction?: unknown
  readonly Resource?: unknown
  readonly NotResource?: unknown
}

const listOf = (value: unknown): unknown[] => [value ?? []].flat()

/** Policies of AWS's own that are as good as `*` on `*`. */
const wideManaged = /\/(AdministratorAccess|PowerUserAccess|IAMFullAccess)$/

function statementsOf({ type, properties }: Resource): PolicyStatement[] {
  if (!type.startsWith('AWS::IAM::')) return []
  const documents = [
    properties['PolicyDocument'],
    ...(properties['Policies'] ?? []).map((policy: Resource['properties']) => policy['PolicyDocument']),
  ]
  return documents.flatMap((document: { Statement?: PolicyStatement[] } | undefined) => document?.Statement ?? [])
}

/** What allows everything on everything: `*` on `*`, all but something, or an administrator's policy. */
export function grantsEverything(stacks: readonly Stack[]): string[] {
  return stacks.flatMap((stack) =>
    stack.resources
      .filter((resource) => {
        const managed = listOf(resource.properties['ManagedPolicyArns']).map((one) => JSON.stringify(one))
        const isWide = statementsOf(resource).some(
          ({ Effect, Action, NotAction, Resource, NotResource }) =>
            Effect === 'Allow' &&
            (NotAction != null ||
              NotResource != null ||
              (listOf(Action).includes('*') && listOf(Resource).includes('*'))),
        )
        return isWide || managed.some((one) => wideManaged.test(one.replaceAll('"', '')))
      })
      .map((resource) => nameOf(stack, resource)),
  )
}
