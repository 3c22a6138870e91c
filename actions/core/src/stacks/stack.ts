import * as z from 'zod'

/** One stack as `infra/golden/stacks.json` lists it: where it stands, and what must stand before it. */
export const goldenStackSchema = z.strictObject({
  id: z.string(),
  environment: z.string(),
  part: z.string(),
  account: z.string(),
  region: z.string(),
  name: z.string(),
  file: z.string(),
  needs: z.array(z.string()),
})
export type GoldenStack = z.output<typeof goldenStackSchema>
export const goldenStacksSchema = z.array(goldenStackSchema)

/** What a change set would do to one resource, in CloudFormation's words. */
export interface ChangeSetChange {
  readonly logicalId: string
  readonly type: string
  readonly action: string
  /** `True`, `False` or `Conditional`. */
  readonly replacement: string
}

/** A change set as it stands. `empty`: CloudFormation found nothing to change. */
export interface ChangeSet {
  readonly status: 'ready' | 'empty' | 'pending' | 'failed'
  readonly reason: string
  readonly changes: readonly ChangeSetChange[]
}

/** A stack as it stands; `undefined` where there is none. */
export interface StackState {
  readonly status: string
  readonly reason: string
  /** Names of the parameters that it has a value for. */
  readonly parameters: readonly string[]
}

/** CloudFormation in one account and region, as a deployment needs it. Creating twice by the same name finds the first one. */
export interface Stacks {
  read(stack: GoldenStack): Promise<StackState | undefined>
  prepare(request: {
    readonly stack: GoldenStack
    readonly changeSet: string
    readonly template: string
    /** Where CloudFormation reads the template; without it the template goes with the call. */
    readonly templateUrl: string | undefined
    readonly parameters: Readonly<Record<string, string>>
    readonly before: StackState | undefined
  }): Promise<void>
  describe(stack: GoldenStack, changeSet: string): Promise<ChangeSet>
  execute(stack: GoldenStack, changeSet: string): Promise<void>
  discard(stack: GoldenStack, changeSet: string): Promise<void>
}

/** The bucket that CloudFormation reads templates from, which a call cannot hold: one in each account and region. */
export interface TemplateBucket {
  /** Keeps a template under a key of its own and gives its URL. Keeping the same again changes nothing. */
  keep(stack: GoldenStack, template: { readonly key: string; readonly text: string }): Promise<string>
}

/** Stacks in an order in which each comes after what it needs of the same list. Throws an `Error` for a circle. */
export function inOrder(stacks: readonly GoldenStack[]): GoldenStack[] {
  const known = new Set(stacks.map(({ id }) => id))
  const done = new Set<string>()
  const result: GoldenStack[] = []
  while (result.length < stacks.length) {
    const next = stacks.filter(
      ({ id, needs }) => !done.has(id) && needs.every((need) => done.has(need) || !known.has(need)),
    )
    if (next.length === 0) throw new Error('expected stacks in waves, found some that wait for each other')
    for (const stack of next) {
      done.add(stack.id)
      result.push(stack)
    }
  }
  return result
}
