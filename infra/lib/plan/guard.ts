import type { Problem } from '@sluice/core/failure'
import type { ResourceChange, StackChanges } from './template-changes.ts'

/** What a release owns once it runs, and what a stack update would do to it. */
const frozen: Readonly<Record<string, string>> = {
  'AWS::ElasticLoadBalancingV2::ListenerRule':
    'ECS moves its weights; a stack update sets them back to blue, where no task may run (aws/aws-cdk#36649)',
  'AWS::ECS::TaskDefinition':
    'a new revision with the first image becomes the newest of the family, so the next service update runs it past every gate',
}

/** What listener rules and the service point at: another one in its place rewrites them. */
const pointedAt: ReadonlySet<string> = new Set([
  'AWS::ECS::Cluster',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::ElasticLoadBalancingV2::TargetGroup',
])

/** What lets a rule or definition go: the service goes with it. */
const service = 'AWS::ECS::Service'

/**
 * Everything that may not be deployed, with its reason: changes to what the release owns, and
 * replacements of what that points at. Creating is fine, and so is deleting a service whole.
 */
export function guardChanges(stacks: readonly StackChanges[]): Problem[] {
  return stacks.flatMap(({ file, resources }) => {
    const isServiceGone = resources.some(({ type, impact }) => type === service && impact === 'delete')
    return resources.flatMap((change) => {
      const reason = reasonAgainst(change, isServiceGone)
      return reason == null
        ? []
        : [
            {
              message: `${file}: ${change.id} (${change.type}) would be ${past[change.impact]}: ${reason}`,
              hint: change.properties.length > 0 ? `it changes ${change.properties.join(', ')}` : undefined,
            },
          ].map(({ message, hint }) => (hint == null ? { message } : { message, hint }))
    })
  })
}

function reasonAgainst({ type, impact }: ResourceChange, isServiceGone: boolean): string | undefined {
  const owned = frozen[type]
  if (owned != null && impact !== 'create' && !(impact === 'delete' && isServiceGone)) return owned
  const isReplaced = impact === 'replace' || impact === 'may replace'
  if (pointedAt.has(type) && isReplaced) return 'listener rules and the service point at it, and would be rewritten'
  if (type === service && isReplaced) return 'its tasks would stop before the new ones run'
  return undefined
}

const past: Readonly<Record<ResourceChange['impact'], string>> = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  'may replace': 'updated or replaced',
  delete: 'deleted',
  orphan: 'left behind',
}
