import type { GoldenStack } from './stack.ts'

/** What stands in an environment's place for what all environments share: the stacks of the artifact account. */
export const shared = 'shared'

/**
 * Of what all share, what a job may bring to main. Each account's own stack bounds the roles of that account, the jobs' among them, and
 * is an administrator's.
 */
export const deployableShared = (stacks: readonly GoldenStack[]): GoldenStack[] =>
  stacks.filter(({ environment, part }) => environment === shared && part !== 'account')
