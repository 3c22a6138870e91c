import type { Clock } from '../clock.ts'
import type { RolloutHandle } from './handle.ts'
import { pollMilliseconds } from './poll.ts'
import type { ServiceDeployment, ServiceDeployments } from './service-deployment.ts'
import { isFinished, productionWeight, rolloutState, type RolloutState } from './state.ts'

export interface WatchPorts {
  readonly deployments: ServiceDeployments
  readonly clock: Clock
  /** Between 0 and 1, for the jitter of polls. */
  random(): number
  report(line: string): void
}

/** One line of a rollout's history: written when anything about it changed. */
export interface TimelineEntry {
  readonly at: string
  readonly phase: string
  readonly stage: string
  readonly productionWeight: number
  readonly tasks: string
}

export interface RolloutView {
  readonly deployment: ServiceDeployment
  readonly state: RolloutState
}

/** Reads where a rollout stands; a stopped one is looked up against its successors. */
export async function readRollout(deployments: ServiceDeployments, handle: RolloutHandle): Promise<RolloutView> {
  const deployment = await deployments.read(handle.serviceDeploymentArn)
  const newer =
    deployment.status === 'STOPPED'
      ? await deployments.list(handle.cluster, handle.ecsService, deployment.createdAt)
      : []
  return { deployment, state: rolloutState(deployment, newer) }
}

/** Collects the history of a rollout and reports every change once. */
export class Timeline {
  readonly entries: TimelineEntry[] = []
  readonly #report: (line: string) => void

  constructor(report: (line: string) => void) {
    this.#report = report
  }

  add(at: Date, { deployment, state }: RolloutView): void {
    const { target } = deployment
    const entry: TimelineEntry = {
      at: at.toISOString(),
      phase: state.phase,
      stage: state.stage,
      productionWeight: Math.round(productionWeight(deployment) * 10) / 10,
      tasks: `${target.runningTasks}/${target.requestedTasks}`,
    }
    const last = this.entries.at(-1)
    if (last && (['phase', 'stage', 'productionWeight', 'tasks'] as const).every((key) => last[key] === entry[key]))
      return
    this.entries.push(entry)
    const stage = entry.stage === '' ? '' : ` at ${entry.stage}`
    this.#report(`${entry.phase}${stage}: ${entry.productionWeight} % of production traffic, ${entry.tasks} tasks`)
  }
}

/**
 * Waits until a rollout pauses or is finished. Needs the handle alone, so that any runner can take it up. It has no limit of
 * its own: ECS ends every deployment (a stage after 24 hours, an unanswered pause after its timeout), and jobs have theirs.
 */
export async function watchRollout(
  ports: WatchPorts,
  handle: RolloutHandle,
  until: 'paused' | 'finished',
  analysisIntervalSeconds: number,
): Promise<RolloutView & { readonly timeline: readonly TimelineEntry[] }> {
  const timeline = new Timeline((line) => ports.report(line))
  for (;;) {
    const view = await readRollout(ports.deployments, handle)
    timeline.add(ports.clock.now(), view)
    const isThere = isFinished(view.state) || (until === 'paused' && view.state.phase === 'paused')
    if (isThere) return { ...view, timeline: timeline.entries }
    await ports.clock.sleep(pollMilliseconds(analysisIntervalSeconds, ports.random()))
  }
}
