import type { ChangeSetRecord } from './change-set-record.ts'
import { deployStack, type StackInput } from './deploy-stack.ts'
import type { StackRecord, StackResource } from './stack-record.ts'
import type { StackPlace } from './stack-scope.ts'

/** What an execution needs beside the place of its stack. */
export interface ExecutionPlace extends StackPlace {
  readonly now: () => Date
  /** Waits until what was made or changed has settled, as CloudFormation does. Throws an `Error` when it failed. */
  settle(resources: readonly StackResource[], since: Date): Promise<void>
}

/**
 * Carries a change set out and leaves the stack in the state that CloudFormation would: complete, or rolled back to what it was.
 * Never throws for what the stack is to blame for. What has no way back here is said in the status: nothing is deleted.
 */
export async function executeChangeSet(changeSet: ChangeSetRecord, place: ExecutionPlace): Promise<boolean> {
  const { stacks } = place
  const { stack: name, type, template, parameters } = changeSet
  const before = stacks.get(name) ?? { resources: {}, exports: {} }
  const verb = type === 'CREATE' ? 'CREATE' : 'UPDATE'
  stacks.set(name, { ...withoutReason(before), status: `${verb}_IN_PROGRESS` })
  try {
    refuseWhatIsNotDone(changeSet, place)
    await deploy({ name, template, parameters }, place)
    return true
  } catch (error) {
    const reason = (error as Error).message
    if (verb === 'CREATE' || !before.template) {
      const rest = `${reason}; sluice's local CloudFormation deletes nothing`
      stacks.set(name, { ...(stacks.get(name) ?? before), status: 'ROLLBACK_FAILED', reason: rest })
      return false
    }
    await rollBack(name, before, reason, place)
    return false
  }
}

async function rollBack(name: string, before: StackRecord, reason: string, place: ExecutionPlace): Promise<void> {
  const { stacks } = place
  const status = (text: string, why: string) =>
    stacks.set(name, { ...(stacks.get(name) ?? before), status: `UPDATE_ROLLBACK_${text}`, reason: why })
  status('IN_PROGRESS', reason)
  try {
    const { template = { Resources: {} }, parameters = {} } = before
    await deploy({ name, template, parameters }, place)
    status('COMPLETE', reason)
  } catch (error) {
    status('FAILED', `${reason}; on the way back: ${(error as Error).message}`)
  }
}

async function deploy(input: StackInput, place: ExecutionPlace): Promise<void> {
  const since = place.now()
  await deployStack({ ...input, ...place, settle: (changed) => place.settle(changed, since) })
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

function withoutReason({ reason: _, ...record }: StackRecord): StackRecord {
  return record
}
