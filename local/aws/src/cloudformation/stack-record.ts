import type { CreatedResource } from './resource-type.ts'
import type { Template } from './template.ts'

/** One resource of a stack, as its last deployment left it. */
export interface StackResource extends CreatedResource {
  readonly type: string
  /** Of the resolved properties: whether they have changed. */
  readonly hash: string
  /** The properties with every intrinsic function resolved. */
  readonly properties?: Readonly<Record<string, unknown>>
}

/** What a stack left behind: enough to update it, to show it, and to answer references to it. */
export interface StackRecord {
  readonly resources: Readonly<Record<string, StackResource>>
  readonly exports: Readonly<Record<string, unknown>>
  readonly outputs?: Readonly<Record<string, string>>
  /** What was deployed last, and the values that it was given. */
  readonly template?: Template
  readonly parameters?: Readonly<Record<string, string>>
  /** In CloudFormation's words, e.g. `UPDATE_COMPLETE`. */
  readonly status?: string
  readonly reason?: string
  readonly createdAt?: string
  readonly updatedAt?: string
}
