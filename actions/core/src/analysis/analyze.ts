import type { Clock } from '../clock.ts'
import { describeDuration } from '../duration.ts'
import type { Analysis } from '../environment/gates.ts'
import type { GateResult } from '../gate-result.ts'
import type { RolloutHandle } from '../rollout/handle.ts'
import { pollMilliseconds } from '../rollout/poll.ts'
import { isFinished, productionWeight } from '../rollout/state.ts'
import { readRollout, Timeline, type RolloutView, type TimelineEntry, type WatchPorts } from '../rollout/watch.ts'
import type { Verdict } from '../verdict.ts'
import { changedMeasurements, mergeMeasurements, type AnalysisBundle, type Look, type StepAnswer } from './bundle.ts'
import { decideGates } from './gates.ts'
import { judge } from './judge.ts'
import type { AnalysisVerdict } from './metric-verdict.ts'
import type { Measurement } from './measurement.ts'

export interface AnalyzePorts extends WatchPorts {
  readonly clock: Clock
  /** All complete periods from some time before the rollout until now; reads again what may have changed. */
  measure(): Promise<readonly Measurement[]>
  /** Digests of the service's container that really run: in the service revision, and in its tasks. */
  runningDigests(): Promise<readonly string[]>
}

export interface AnalyzeRequest {
  readonly handle: RolloutHandle
  readonly analysis: Analysis
  readonly requiredGates: readonly string[]
  readonly gates: readonly GateResult[]
}

export interface AnalyzedRollout extends Verdict {
  readonly bundle: AnalysisBundle
  readonly timeline: readonly TimelineEntry[]
  readonly last?: AnalysisVerdict | undefined
  readonly view: RolloutView
  /** When each step was answered, for the summary. */
  readonly answers: readonly StepAnswer[]
}

/** After a rolling rollout has landed there is no bake to watch in, so it is watched for this many intervals more. */
const watchedIntervalsAfterRolling = 3

/**
 * Takes a rollout from its first pause to its end. Before the first production traffic the gates decide; at later pauses the
 * judge looks every interval until it can; while traffic moves or bakes it can only fail. All state is in ECS and in the
 * counts: a fresh runner goes on where this one was killed, and only gathers the evidence for the present step anew.
 */
export async function analyzeRollout(ports: AnalyzePorts, request: AnalyzeRequest): Promise<AnalyzedRollout> {
  return new RolloutAnalysis(ports, request).run()
}

class RolloutAnalysis {
  readonly #ports: AnalyzePorts
  readonly #request: AnalyzeRequest
  readonly #timeline: Timeline
  readonly #looks: Look[] = []
  readonly #answers: StepAnswer[] = []
  #measurements: readonly Measurement[] = []
  #lastLook = 0
  #last: AnalysisVerdict | undefined
  /** The pause that waits for an answer, since when this process knows it. */
  #step: { readonly hookId: string; readonly since: Date } | undefined
  #decided: Verdict | undefined

  constructor(ports: AnalyzePorts, request: AnalyzeRequest) {
    this.#ports = ports
    this.#request = request
    this.#timeline = new Timeline((line) => ports.report(line))
  }

  async run(): Promise<AnalyzedRollout> {
    const { handle, analysis } = this.#request
    for (;;) {
      const view = await readRollout(this.#ports.deployments, handle)
      this.#timeline.add(this.#ports.clock.now(), view)
      if (isFinished(view.state)) return this.#finish(view)
      if (this.#decided == null || this.#decided.outcome === 'pass') await this.#attend(view)
      await this.#ports.clock.sleep(pollMilliseconds(analysis.interval, this.#ports.random()))
    }
  }

  async #attend(view: RolloutView): Promise<void> {
    const { state, deployment } = view
    const weight = productionWeight(deployment)
    if (state.phase === 'rolling-back') return
    if (state.phase !== 'paused') {
      this.#step = undefined
      if (weight > 0) await this.#watch(view, weight)
      return
    }
    const { hookId } = state.hook
    if (this.#step?.hookId !== hookId) this.#step = { hookId, since: this.#ports.clock.now() }
    if (weight === 0) {
      const verdict = decideGates(this.#request.requiredGates, this.#request.gates)
      await this.#answer(view, hookId, verdict, verdict.outcome === 'pass' ? 'CONTINUE' : 'ROLLBACK')
      return
    }
    const verdict = await this.#look(view, weight, 'step', this.#step.since)
    if (!verdict) return
    const waited = (this.#ports.clock.now().getTime() - this.#step.since.getTime()) / 1000
    if (verdict.outcome === 'pass') await this.#answer(view, hookId, verdict, 'CONTINUE')
    else if (verdict.outcome === 'fail') await this.#answer(view, hookId, verdict, 'ROLLBACK')
    else if (waited >= this.#request.analysis.timeout) {
      const limit = describeDuration(this.#request.analysis.timeout)
      const late: Verdict = { outcome: 'inconclusive', reason: `undecided after ${limit}: ${verdict.reason}` }
      await this.#answer(view, hookId, late, 'ROLLBACK')
    }
  }

  /** Traffic moves, bakes, or is shared by all tasks of a rolling rollout: only a fail can be shown. */
  async #watch(view: RolloutView, weight: number): Promise<void> {
    const verdict = await this.#look(view, weight, 'watch', new Date(this.#request.handle.startedAt))
    if (verdict?.outcome !== 'fail') return
    this.#decided = verdict
    this.#ports.report(`rolling back: ${verdict.reason}`)
    await this.#ports.deployments.stop(this.#request.handle.serviceDeploymentArn)
  }

  async #answer(view: RolloutView, hookId: string, verdict: Verdict, action: 'CONTINUE' | 'ROLLBACK'): Promise<void> {
    if (action === 'ROLLBACK') this.#decided = verdict
    const since = this.#step?.since ?? this.#ports.clock.now()
    const isOurs = await this.#ports.deployments.answer(this.#request.handle.serviceDeploymentArn, hookId, action)
    const at = this.#ports.clock.now()
    this.#answers.push({
      outcome: verdict.outcome,
      reason: verdict.reason,
      at: at.toISOString(),
      stage: view.state.stage,
      productionWeight: productionWeight(view.deployment),
      action,
      seconds: (at.getTime() - since.getTime()) / 1000,
    })
    this.#ports.report(`${action}${isOurs ? '' : ' (answered already)'}: ${verdict.reason}`)
  }

  /** At most one look an interval. Resolves with nothing when it is not yet time. */
  async #look(
    view: RolloutView,
    weight: number,
    purpose: Look['purpose'],
    passFrom: Date,
  ): Promise<AnalysisVerdict | undefined> {
    const { handle, analysis } = this.#request
    const at = this.#ports.clock.now()
    if (at.getTime() - this.#lastLook < analysis.interval * 1000) return undefined
    this.#lastLook = at.getTime()
    const read = await this.#ports.measure()
    const changed = changedMeasurements(this.#measurements, read)
    this.#measurements = mergeMeasurements(this.#measurements, read)
    const verdict = judge(this.#measurements, this.#settings(), { failFrom: new Date(handle.startedAt), passFrom })
    this.#last = verdict
    this.#looks.push({
      at: at.toISOString(),
      stage: view.state.stage,
      productionWeight: weight,
      purpose,
      passFrom: passFrom.toISOString(),
      measurements: [...changed],
      outcome: verdict.outcome,
      reason: verdict.reason,
    })
    this.#ports.report(`look ${this.#looks.length} at ${Math.round(weight)} %: ${verdict.outcome}: ${verdict.reason}`)
    return verdict
  }

  /** A rolling rollout mixes starting and stopping targets in one group: its health is ECS's to judge. */
  #settings(): AnalysisBundle['settings'] {
    const { handle, analysis } = this.#request
    const { alpha, tolerance, maxRatio, ceiling } = analysis
    const metrics =
      handle.strategy === 'ROLLING' ? analysis.metrics.filter((metric) => metric !== 'target-health') : analysis.metrics
    return { alpha, tolerance, maxRatio, ceiling, metrics }
  }

  async #finish(view: RolloutView): Promise<AnalyzedRollout> {
    if (view.state.phase === 'landed' && this.#request.handle.strategy === 'ROLLING') await this.#watchLanded(view)
    const verdict = await this.#conclude(view)
    return {
      ...verdict,
      view,
      timeline: this.#timeline.entries,
      answers: this.#answers,
      last: this.#last,
      bundle: {
        version: 1,
        handle: this.#request.handle,
        settings: this.#settings(),
        gates: [...this.#request.gates],
        looks: this.#looks,
        steps: this.#answers,
        timeline: this.#timeline.entries,
        outcome: verdict.outcome,
        reason: verdict.reason,
      },
    }
  }

  async #watchLanded(view: RolloutView): Promise<void> {
    const { analysis, handle } = this.#request
    for (let count = 0; count < watchedIntervalsAfterRolling; count++) {
      await this.#ports.clock.sleep(analysis.interval * 1000)
      const verdict = await this.#look(view, 100, 'watch', new Date(handle.startedAt))
      if (verdict?.outcome === 'fail') {
        this.#decided = verdict
        return
      }
    }
  }

  async #conclude(view: RolloutView): Promise<Verdict> {
    if (this.#decided) return { outcome: this.#decided.outcome, reason: this.#decided.reason }
    if (view.state.phase !== 'landed') return { outcome: 'fail', reason: `${view.state.phase}: ${view.state.reason}` }
    const approved = this.#request.handle.image.slice(this.#request.handle.image.indexOf('@') + 1)
    const running = await this.#ports.runningDigests()
    const foreign = running.filter((digest) => digest !== approved)
    if (running.length === 0) return { outcome: 'fail', reason: 'landed, but ECS names no running digest to compare' }
    if (foreign.length > 0)
      return { outcome: 'fail', reason: `landed, but ${foreign.join(', ')} runs where ${approved} was approved` }
    // A rolling rollout never pauses for its gates: they ran on what had landed, and decide at the end.
    const gates = decideGates(this.#request.requiredGates, this.#request.gates)
    if (this.#request.handle.strategy === 'ROLLING' && gates.outcome !== 'pass') return gates
    const judged = this.#last == null ? 'nothing was measured after the shift' : this.#last.reason
    return { outcome: 'pass', reason: `landed with the approved digest; ${judged}` }
  }
}
