import type { EmulatorClock } from '../../clock.ts'
import type { LoadBalancing } from '../../elbv2/load-balancing.ts'
import { newIds } from '../arns.ts'
import { pauseHooks } from '../deployment/advance.ts'
import type { DeploymentEvent } from '../deployment/deployment-event.ts'
import { because } from '../deployment/turn-back.ts'
import { stayingRevision, strategyOf, type DeploymentRecord } from '../deployment/deployment-record.ts'
import type { Step } from '../deployment/plan.ts'
import type { RevisionRecord } from '../records.ts'
import { revisionOf } from './record-event.ts'
import { rollingCounts } from './rolling-counts.ts'
import type { ServiceScene } from './service-scene.ts'
import { ruleProblem, ruleWeights } from './target-groups.ts'

/** A source that fails this often in a row will not come back by itself. */
export const hopelessFailures = 10

export interface StepPorts {
  readonly clock: EmulatorClock
  readonly balancing: LoadBalancing
}

/** What a step answers: it is done, it waits for the world, or something happened to the deployment. */
export type StepOutcome =
  | 'done'
  | 'waiting'
  | { readonly event: DeploymentEvent; readonly after?: () => void; readonly next: 'done' | 'again' }

/** Takes the deployment's current step as far as the world allows. Sets only what the scheduler is to keep up. */
export function takeStep(scene: ServiceScene, deployment: DeploymentRecord, ports: StepPorts): StepOutcome {
  const step = deployment.plan[deployment.cursor]
  if (!step) throw new Error(`${deployment.arn} is past its plan`)
  const at = ports.clock.now().getTime()
  switch (step.kind) {
    case 'reconcile':
      return reconcile(scene, deployment, ports)
    case 'check-rules': {
      const target = revisionOf(scene.service, deployment.target)
      const problem = target.loadBalancers
        .map((balancer) => ruleProblem(balancer, (rule) => ports.balancing.weights(rule)))
        .find((text) => text != null)
      if (problem == null) return 'done'
      return { event: { type: 'failed', at, because: because.networking(problem) }, next: 'again' }
    }
    case 'hooks':
      return waitAtHooks(deployment, at)
    case 'scale-up': {
      const target = revisionOf(scene.service, deployment.target)
      target.followsService = true
      return ready(scene, target) ? 'done' : 'waiting'
    }
    case 'shift-test':
    case 'shift-production':
      return shift(scene, deployment, step, ports)
    case 'bake': {
      if (step.minutes === 0) return 'done'
      if (deployment.stepSince == null) {
        const target = revisionOf(scene.service, deployment.target)
        return ready(scene, target) ? { event: { type: 'stepBegan', at }, next: 'again' } : 'waiting'
      }
      return at >= deployment.stepSince + ports.clock.scale(step.minutes * 60_000) ? 'done' : 'waiting'
    }
    case 'replace':
      return replace(scene, deployment)
    case 'restore-source': {
      const source = revisionOf(scene.service, stayingRevision(deployment))
      source.followsService = true
      // With no healthy task on the failed side there is nothing to lose by going back at once.
      const failed = revisionOf(scene.service, deployment.target)
      const able = scene.healthy(source) > 0 || scene.service.desiredCount === 0 || scene.healthy(failed) === 0
      return able ? 'done' : 'waiting'
    }
    case 'clean-up': {
      const leaving = scene.service.revisions.filter(({ id, active }) => active && id !== stayingRevision(deployment))
      for (const revision of leaving) release(revision)
      return leaving.some((revision) => scene.remaining(revision).length > 0) ? 'waiting' : 'done'
    }
    default:
      throw new Error(`unknown step ${JSON.stringify(step satisfies never)}`)
  }
}

function release(revision: RevisionRecord): void {
  revision.followsService = false
  revision.desired = 0
}

function ready(scene: ServiceScene, revision: RevisionRecord): boolean {
  return scene.healthy(revision) >= scene.service.desiredCount
}

/** A superseded deployment left more than one revision: production returns to the last good one, the others leave. */
function reconcile(scene: ServiceScene, deployment: DeploymentRecord, { balancing }: StepPorts): StepOutcome {
  const { service } = scene
  const keep = deployment.candidate == null ? undefined : revisionOf(service, deployment.candidate)
  const rolling = strategyOf(deployment) === 'ROLLING'
  if (keep) {
    if (!rolling) {
      // A rolling deployment that was superseded late has ended all its tasks.
      keep.active = true
      keep.followsService = true
    }
    // One that cannot start any more (its target group is gone) is not worth waiting for.
    const comes = keep.failuresInARow < hopelessFailures && service.desiredCount > 0
    if (scene.healthy(keep) === 0 && comes && !rolling) return 'waiting'
    for (const balancer of keep.loadBalancers) {
      const { productionListenerRule, testListenerRule } = balancer.advancedConfiguration ?? {}
      for (const rule of [productionListenerRule, testListenerRule]) {
        if (rule != null && isThere(balancing, rule)) {
          balancing.setWeights(rule, ruleWeights(balancer, keep.side, 100))
        }
      }
    }
  }
  if (rolling) return 'done'
  const leaving = service.revisions.filter(
    ({ id, active }) => active && id !== deployment.target && id !== deployment.candidate,
  )
  for (const revision of leaving) release(revision)
  return leaving.some((revision) => scene.remaining(revision).length > 0) ? 'waiting' : 'done'
}

function isThere(balancing: LoadBalancing, rule: string): boolean {
  try {
    balancing.weights(rule)
    return true
  } catch {
    return false
  }
}

function waitAtHooks(deployment: DeploymentRecord, at: number): StepOutcome {
  const configured = pauseHooks(deployment)
  if (configured.length === 0) return 'done'
  const reached = deployment.hooks.filter(({ step }) => step === deployment.cursor)
  if (reached.length === 0) {
    return { event: { type: 'paused', at, hookIds: configured.map(() => newIds.pauseHook()) }, next: 'again' }
  }
  const waiting = reached.filter(({ status }) => status === 'AWAITING_ACTION')
  const expired = waiting.find(({ expiresAt }) => expiresAt <= at)
  if (expired) return { event: { type: 'hookExpired', at, hookId: expired.id }, next: 'again' }
  return waiting.length > 0 ? 'waiting' : 'done'
}

/** Traffic moves only to tasks that can take it. The record is written before the rule, so a kill between repeats it. */
function shift(
  scene: ServiceScene,
  deployment: DeploymentRecord,
  step: Extract<Step, { kind: 'shift-test' | 'shift-production' }>,
  { balancing, clock }: StepPorts,
): StepOutcome {
  const target = revisionOf(scene.service, deployment.target)
  const traffic = step.kind === 'shift-test' ? 'test' : 'production'
  // Going back before anything was shifted leaves the rules alone: they may be what was wrong.
  if (step.percent === 0 && deployment.weights[traffic] === 0) return 'done'
  if (step.percent > 0 && !ready(scene, target)) return 'waiting'
  return {
    event: { type: 'shifted', at: clock.now().getTime(), traffic, percent: step.percent },
    after: () => {
      for (const balancer of target.loadBalancers) {
        const { productionListenerRule, testListenerRule } = balancer.advancedConfiguration ?? {}
        const rule = traffic === 'test' ? testListenerRule : productionListenerRule
        if (rule != null) balancing.setWeights(rule, ruleWeights(balancer, target.side, step.percent))
      }
    },
    next: 'done',
  }
}

function replace(scene: ServiceScene, deployment: DeploymentRecord): StepOutcome {
  const { service } = scene
  const staying = revisionOf(service, stayingRevision(deployment))
  const others = service.revisions.filter(({ id, active }) => active && id !== staying.id)
  const leaving = others.flatMap((revision) => scene.alive(revision))
  const counts = rollingCounts({
    desired: service.desiredCount,
    minimumHealthyPercent: deployment.configuration.minimumHealthyPercent ?? 100,
    maximumPercent: deployment.configuration.maximumPercent ?? 200,
    staying: { alive: scene.alive(staying).length, healthy: scene.healthy(staying) },
    leaving: { alive: leaving.length, healthy: leaving.filter((task) => scene.isHealthy(task)).length },
  })
  const old = others.find(({ id }) => id === deployment.candidate)
  staying.followsService = false
  staying.desired = counts.staying
  let rest = counts.leaving
  // What may stay is the last good revision's first, then the newest's; the oldest goes first.
  const order = [...others].reverse().sort((a, b) => Number(b === old) - Number(a === old))
  for (const revision of order) {
    revision.followsService = false
    revision.desired = Math.min(rest, scene.alive(revision).length)
    rest -= revision.desired
  }
  // While the new revision has proven nothing, tasks of the last good one that die are replaced by its own.
  const nothingProven = deployment.rollback == null && scene.healthy(staying) === 0
  if (old && nothingProven) {
    const kept = others.reduce((sum, revision) => sum + revision.desired, 0)
    old.desired += Math.max(0, counts.leastHealthy - kept)
  }
  const gone = others.every((revision) => scene.remaining(revision).length === 0)
  return gone && scene.alive(staying).length === service.desiredCount && ready(scene, staying) ? 'done' : 'waiting'
}
