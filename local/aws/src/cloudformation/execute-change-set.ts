import type { ChangeSetRecord } from './change-set-record.ts'
import { deployStack, type StackInput } from './deploy-stack.ts'
import type { StackResource } from './stack-record.ts'
import type { StackPlace } from './stack-scope.ts'

/** What an execution needs beside the place of its stack. */
export interface ExecutionPlace extends StackPlace {
  readonly now: () => Date
  /** Waits until what was made or changed has settled, as CloudFormation does. Throws an `Error` when it failed. */
  settle(resources: readonly StackResource[], since: Date): Promise<void>
  /** The endpoint is being ended: what it works on is left as it is, and found so at the next start. */
  isEnding(): boolean
}

/** How a stack is called at the end. */
interface Ends {
  readonly done: string
  readonly failed: string
  readonly reason?: string
}

/**
 * Carries a change set out and leaves the stack in the state that CloudFormation would: complete, or rolled back to what it was.
 * Never throws for what the stack is to blame for. What has no way back here is said in the status: nothing is deleted.
 */
export async function executeChangeSet(changeSet: ChangeSetRecord, place: ExecutionPlace): Promise<boolean> {
  const { stacks } = place
  const { stack: name, type, template, parameters } = changeSet
  const before = stacks.get(name) ?? { resources: {}, exports: {} }
  const { template: former } = before
  const isNew = type === 'CREATE' || !former
  const [done, failed] = isNew
    ? ['CREATE_COMPLETE', 'ROLLBACK_FAILED']
    : ['UPDATE_COMPLETE', 'UPDATE_ROLLBACK_IN_PROGRESS']
  stacks.set(name, { ...before, reason: '', status: isNew ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS' })
  try {
    refuseWhatIsNotDone(changeSet, place)
    await deploy({ name, template, parameters }, place, { done, failed })
    return true
  } catch (error) {
    if (place.isEnding()) return false
    const reason = (error as Error).message
    const now = { ...(stacks.get(name) ?? before), status: failed }
    if (isNew) {
      stacks.set(name, { ...now, reason: `${reason}; sluice's local CloudFormation deletes nothing` })
      return false
    }
    stacks.set(name, { ...now, reason })
    const ends = { done: 'UPDATE_ROLLBACK_COMPLETE', failed: 'UPDATE_ROLLBACK_FAILED', reason }
    // A way back that fails has written so itself.
    await deploy({ name, template: former, parameters: before.parameters ?? {} }, place, ends).catch(() => undefined)
    return false
  }
}

async function deploy(input: StackInput, place: ExecutionPlace, ends: Ends): Promise<void> {
  const since = place.now()
  await deployStack({ ...input, ...place, ends, settle: (changed) => place.settle(changed, since) })
}

function refuseWhatIsNotDone({ changes }: ChangeSetRecord, { types }: ExecutionPlace): void {
  const impossible = changes.filter(
    ({ action, type, replacement }) => types[type] && (action === 'Remove' || replacement === 'True'),
  )
  if (impossible.length === 0) return
  const list = impossible.map(
    ({ action, logicalId, type }) => `${action === 'Remove' ? 'delete' : 'replace'} ${logicalId} (${type})`,
  )
  throw new Error(`sluice's local CloudFormation does not ${list.join(', ')}`)
}
