/** A workflow as it is written, with the shorthand forms undone. Expressions are still text. */
export interface Workflow {
  /** `.github/workflows/x.yml`. */
  readonly path: string
  readonly name: string
  readonly runName?: string
  readonly on: Triggers
  readonly permissions?: Permissions
  readonly env: Readonly<Record<string, unknown>>
  readonly defaults: RunDefaults
  readonly concurrency?: Concurrency
  readonly jobs: Readonly<Record<string, Job>>
}

export interface Triggers {
  readonly push?: PathFilter
  readonly pull_request?: PathFilter
  readonly workflow_dispatch?: { readonly inputs: Readonly<Record<string, InputDefinition>> }
  readonly workflow_call?: {
    readonly inputs: Readonly<Record<string, InputDefinition>>
    readonly outputs: Readonly<Record<string, { readonly value: string }>>
    readonly secrets: Readonly<Record<string, { readonly required?: boolean }>>
  }
  readonly [event: string]: unknown
}

/** What happens to a pull request; these start workflows when nothing is said (GitHub: "Events", pull_request). */
export const pullRequestActions = ['opened', 'synchronize', 'reopened'] as const
export type PullRequestAction = (typeof pullRequestActions)[number]

export interface PathFilter {
  readonly branches?: readonly string[]
  /** Of pull_request alone. */
  readonly types?: readonly string[]
  readonly paths?: readonly string[]
  readonly 'paths-ignore'?: readonly string[]
}

export interface InputDefinition {
  readonly type?: string
  readonly required?: boolean
  readonly default?: unknown
  /** What a `choice` may be. */
  readonly options?: readonly string[]
}

/** Scope to `read`, `write` or `none`; what is not named is none. */
export type Permissions = Readonly<Record<string, string>>

export interface RunDefaults {
  readonly shell?: string
  readonly 'working-directory'?: string
}

export interface Concurrency {
  readonly group: string
  readonly cancelInProgress: boolean | string
  /** `single` keeps one that waits, `max` keeps a hundred. */
  readonly queue: 'single' | 'max'
}

export interface Job {
  readonly id: string
  /** Where it stands in its file, from 1. */
  readonly line?: number
  readonly name?: string
  readonly needs: readonly string[]
  readonly if?: string | boolean
  readonly permissions?: Permissions
  readonly env: Readonly<Record<string, unknown>>
  readonly defaults: RunDefaults
  readonly concurrency?: Concurrency
  readonly strategy?: { readonly matrix: unknown; readonly failFast: boolean; readonly maxParallel?: number }
  readonly outputs: Readonly<Record<string, string>>
  readonly environment?: { readonly name: string; readonly url?: string }
  readonly timeoutMinutes: number
  readonly continueOnError: boolean
  readonly steps: readonly Step[]
  /** A reusable workflow in place of steps. */
  readonly uses?: string
  readonly with: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, unknown>>
}

/** An action of the repository, as action.yml has it. */
export interface Action {
  /** `actions/scan/action.yml`. */
  readonly file: string
  readonly inputs: Readonly<Record<string, { readonly required: boolean; readonly default?: string }>>
  /** Values of a composite action's outputs, as expressions. */
  readonly outputs: Readonly<Record<string, string>>
  readonly using: 'node24' | 'composite'
  readonly main?: string
  readonly pre?: string
  readonly preIf?: string
  readonly post?: string
  readonly postIf?: string
  /** Of a composite action. */
  readonly steps: readonly Step[]
}

export interface Step {
  readonly id?: string
  /** Where it stands in its file, from 1. */
  readonly line?: number
  readonly name?: string
  readonly if?: string | boolean
  readonly uses?: string
  readonly run?: string
  readonly shell?: string
  readonly 'working-directory'?: string
  readonly with: Readonly<Record<string, unknown>>
  readonly env: Readonly<Record<string, unknown>>
  readonly timeoutMinutes?: number
  readonly continueOnError: boolean | string
}
