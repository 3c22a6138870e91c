import type { GoldenStack } from './stack.ts'

/** What stands in an environment's place for what all environments share: the stacks of the artifact account. */
export const shared = 'shared'

/**
 * Of what all share, what a job may bring to main. Each account's own stack bounds the roles of that account, the jobs' among them, and
 * is an administrator's.
 */
export const deployableShared = (stacks: readonly GoldenStack[]): GoldenStack[] =>
  stacks.filter(({ environment, part }) => environment === shared && part !== 'account')

/** Of what all share, what stands in the artifact account, its own stack with it: what the role `sluice-drift-shared` can look at. */
export const watchedShared = (stacks: readonly GoldenStack[], artifactAccount: string): GoldenStack[] =>
  stacks.filter(({ environment, account }) => environment === shared && account === artifactAccount)
