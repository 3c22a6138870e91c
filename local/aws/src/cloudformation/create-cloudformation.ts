import { join } from 'node:path'
import type { AwsService } from '../endpoint/service.ts'
import { openStateStore, type StateStore } from '../state-store.ts'
import type { ChangeSetRecord } from './change-set-record.ts'
import { executeChangeSet } from './execute-change-set.ts'
import { liveProperties } from './live-properties.ts'
import { changeSetOperations } from './operations/change-sets.ts'
import { changeSetKey, type CloudFormationContext } from './operations/context.ts'
import { driftOperations } from './operations/drifts.ts'
import { stackOperations } from './operations/stacks.ts'
import type { Invoke } from './resource-type.ts'
import { settleServices } from './settle-services.ts'
import type { StackRecord } from './stack-record.ts'
import type { StackPlace } from './stack-scope.ts'
import type { Objects } from './template-url.ts'

/** CloudFormation as an API: stacks, change sets and drift, over the resource types that this emulator makes. */
export interface CloudFormation {
  readonly service: AwsService
  /** Ends what is being executed; the next start finds it failed. */
  close(): Promise<void>
}

export function createCloudFormation(
  options: StackPlace & {
    readonly invoke: Invoke
    readonly objects: Objects
    readonly stateFolder: string
    readonly now: () => Date
    /** An error that no stack is to blame for. */
    readonly fault: (error: unknown) => void
  },
): CloudFormation {
  const { invoke, stacks } = options
  const changeSets = openStateStore<ChangeSetRecord>(join(options.stateFolder, 'change-sets.json'))
  failWhatWasEnded(stacks, changeSets)
  const ending = new AbortController()
  const running = new Set<Promise<void>>()

  async function run(changeSet: ChangeSetRecord): Promise<void> {
    const place = {
      ...options,
      settle: (resources: Parameters<typeof settleServices>[1], since: Date) =>
        settleServices(invoke, resources, since, ending.signal),
      isEnding: () => ending.signal.aborted,
    }
    const isDone = await executeChangeSet(changeSet, place)
    const execution = isDone ? 'EXECUTE_COMPLETE' : 'EXECUTE_FAILED'
    // Its name is free again; by its id it can still be described.
    changeSets.delete(changeSetKey(changeSet.stack, changeSet.name))
    changeSets.set(changeSet.id, { ...changeSet, execution })
  }
  const context: CloudFormationContext = {
    ...options,
    changeSets,
    readers: liveProperties(invoke),
    execute(changeSet) {
      const work: Promise<void> = run(changeSet)
        .catch(options.fault)
        .finally(() => running.delete(work))
      running.add(work)
    },
  }
  return {
    service: {
      protocol: 'query',
      version: '2010-05-15',
      xmlNamespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
      operations: { ...changeSetOperations(context), ...stackOperations(context), ...driftOperations(context) },
    },
    async close() {
      ending.abort(new Error('the endpoint was ended'))
      await Promise.all(running)
    },
  }
}

/** Work that died with an endpoint before this one is not taken up again: nobody knows how far it came. */
function failWhatWasEnded(stacks: StateStore<StackRecord>, changeSets: StateStore<ChangeSetRecord>): void {
  for (const [name, record] of stacks.entries()) {
    const [, verb] = /^(CREATE|UPDATE|UPDATE_ROLLBACK)_IN_PROGRESS$/.exec(record.status ?? '') ?? []
    if (verb)
      stacks.set(name, { ...record, status: `${verb}_FAILED`, reason: 'the endpoint was ended while it worked' })
  }
  for (const [key, changeSet] of changeSets.entries()) {
    if (changeSet.execution === 'EXECUTE_IN_PROGRESS')
      changeSets.set(key, { ...changeSet, execution: 'EXECUTE_FAILED' })
  }
}
