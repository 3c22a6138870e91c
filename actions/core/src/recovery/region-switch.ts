/** How an environment changes its region: a switchover waits until nothing is lost, a failover does not ask the lost region. */
export const recoveryModes = ['switchover', 'failover'] as const
export type RecoveryMode = (typeof recoveryModes)[number]

/** A Region switch plan, as the region that takes over knows it. */
export interface SwitchPlan {
  readonly arn: string
  readonly name: string
}

/** One step of an execution. Times are AWS's own. */
export interface StepState {
  readonly name: string
  readonly status: string
  readonly startedAt?: Date
  readonly endedAt?: Date
}

/** One execution of a plan. */
export interface Execution {
  readonly id: string
  /** ARC's word: `inProgress`, `completed`, `pausedByFailedStep` … (API reference: GetPlanExecution). */
  readonly state: string
  readonly region: string
  readonly mode: RecoveryMode
  readonly comment: string
  readonly startedAt: Date
  readonly endedAt?: Date
  readonly steps: readonly StepState[]
}

export interface StartExecution {
  readonly plan: SwitchPlan
  readonly region: string
  readonly mode: RecoveryMode
  readonly comment: string
  /** ARC answers a repeated start with the same token with the execution of the first. */
  readonly token: string
}

/** ARC Region switch in the region that takes over: no call depends on the region that is lost. */
export interface RegionSwitch {
  plans(): Promise<readonly SwitchPlan[]>
  /** What stands against the plan by ARC's own evaluation; nothing when all is well. */
  warnings(plan: SwitchPlan): Promise<readonly string[]>
  /** Executions without their steps, newest first. */
  executions(plan: SwitchPlan): Promise<readonly Execution[]>
  read(plan: SwitchPlan, id: string): Promise<Execution>
  /** The id of the execution. */
  start(request: StartExecution): Promise<string>
}

/** The Global Databases of an environment, asked in the region that takes over. */
export interface GlobalDatabases {
  /** The region of each cluster's writer; none while it moves. */
  writers(clusters: readonly number[]): Promise<ReadonlyMap<number, string | undefined>>
  /** The largest lag of each cluster's replicas lately, in seconds; none where nobody reported one. */
  lag(clusters: readonly number[], until: Date): Promise<ReadonlyMap<number, number | undefined>>
}

/** Clients of the environment: whether one read, and one write, is answered, where there is a way to try. */
export interface ClientProbes {
  read?(): Promise<boolean>
  write?(): Promise<boolean>
}

/** States in which ARC does no more steps. */
const ended = ['completed', 'completedWithExceptions', 'completedMonitoringApplicationHealth']
const failed = ['canceled', 'failed', 'planExecutionTimedOut', 'pausedByFailedStep']

/** `failed`: steps remain that nobody does any more; in `pausedByFailedStep` people decide whether to try again or to skip. */
export function phaseOf({ state }: Pick<Execution, 'state'>): 'running' | 'ended' | 'failed' {
  if (ended.includes(state)) return 'ended'
  return failed.includes(state) ? 'failed' : 'running'
}
