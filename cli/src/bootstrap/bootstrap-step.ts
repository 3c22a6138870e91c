/** How to find out whether a step is done: a read-only command, and what its answer has to contain. */
export interface StepCheck {
  readonly command: readonly [program: 'aws' | 'gh', ...args: string[]]
  /** The account whose credentials can tell; GitHub's checks have none. */
  readonly account?: string
  /** In the output when the step is done. */
  readonly contains: string
}

/** One thing that an empty account or repository needs, with the exact commands. */
export interface BootstrapStep {
  readonly title: string
  /** Why it comes here, or what goes wrong without it. */
  readonly why: string
  readonly commands: readonly string[]
  readonly check?: StepCheck
}

/** A chapter of the plan; each comes after the ones before it. */
export interface BootstrapChapter {
  readonly title: string
  readonly steps: readonly BootstrapStep[]
}
