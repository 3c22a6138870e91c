import type { StateStore } from '../../state-store.ts'
import type { ChangeSetRecord } from '../change-set-record.ts'
import type { ReadLive } from '../live-properties.ts'
import type { StackRecord } from '../stack-record.ts'
import type { StackPlace } from '../stack-scope.ts'
import { invalid } from '../invalid.ts'
import type { Objects } from '../template-url.ts'

/** What the operations of CloudFormation work with. */
export interface CloudFormationContext extends StackPlace {
  readonly now: () => Date
  /** By stack and name, see `changeSetKey`; once executed, by id. */
  readonly changeSets: StateStore<ChangeSetRecord>
  /** Where templates are read that come by URL. */
  readonly objects: Objects
  readonly readers: Readonly<Record<string, ReadLive>>
  /** Carries a change set out, after the answer to the call that asked for it. */
  execute(changeSet: ChangeSetRecord): void
}

export const changeSetKey = (stack: string, changeSet: string): string => `${stack}/${changeSet}`

/** The name behind a name or an ARN (`arn:aws:cloudformation:…:stack/NAME/ID`, `…:changeSet/NAME/ID`). */
export function nameOf(nameOrArn: string | undefined, what: string): string {
  if (nameOrArn == null || nameOrArn === '') throw invalid(`1 validation error detected: ${what} must not be null`)
  return nameOrArn.startsWith('arn:') ? (nameOrArn.split('/')[1] ?? '') : nameOrArn
}

/** A stack that is there. Throws ValidationError in the words that clients tell "no stack" by. */
export function findStack({ stacks }: CloudFormationContext, name: string): StackRecord {
  const record = stacks.get(name)
  if (!record) throw invalid(`Stack with id ${name} does not exist`)
  return record
}
