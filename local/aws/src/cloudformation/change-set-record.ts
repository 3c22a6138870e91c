import type { ResourceChange } from './compute-changes.ts'
import type { Template } from './template.ts'

/** A change set: what was asked for, what it would do, and how far it has come. */
export interface ChangeSetRecord {
  readonly id: string
  readonly name: string
  readonly stack: string
  readonly type: 'CREATE' | 'UPDATE'
  readonly template: Template
  readonly parameters: Readonly<Record<string, string>>
  readonly changes: readonly ResourceChange[]
  readonly status: 'CREATE_COMPLETE' | 'FAILED'
  readonly reason?: string
  readonly execution: 'AVAILABLE' | 'UNAVAILABLE' | 'EXECUTE_IN_PROGRESS' | 'EXECUTE_COMPLETE' | 'EXECUTE_FAILED'
  /** Of the call that executed it: the same call again is no second execution. */
  readonly token?: string
  readonly createdAt: string
}

/** CloudFormation has no status for this: only the sentence tells (research: clients match its text). */
export const nothingToChange =
  "The submitted information didn't contain changes. Submit different information to create a change set."
