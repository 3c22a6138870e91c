import { planSamples } from '../analysis/sample-plan.ts'
import { describeDuration } from '../duration.ts'
import type { Service } from '../environment/service.ts'
import type { Problem } from '../failure.ts'
import { formatImageReference } from '../image-reference.ts'
import type { TaskSkeleton } from '../task-skeleton.ts'
import { firstComparedPercent } from './deployment-configuration.ts'
import type { Hold } from './hold.ts'
import { finalStatuses, type DeploymentEntry } from './service-deployment.ts'

/** What is read, and not changed, before a rollout. */
export interface PreflightFacts {
  readonly deployments: readonly DeploymentEntry[]
  readonly hold?: Hold | undefined
  /** The stack that the service belongs to; none where something else made it. */
  readonly stack?: { readonly name: string; readonly status: string } | undefined
  readonly isImageThere: boolean
  /** State by alarm name; absent when there is no such alarm. */
  readonly alarms: Readonly<Record<string, string | undefined>>
  readonly routing?: Routing | undefined
  /** Production requests a second of the recent past. */
  readonly requestsPerSecond: number
}

/** Where the listener rules point. */
export interface Routing {
  readonly production: readonly WeightedTarget[]
  readonly test: readonly WeightedTarget[]
  readonly healthyTargets: Readonly<Record<string, number>>
  /** The target group that the running service revision really uses. */
  readonly servingByRevision?: string | undefined
}

export interface WeightedTarget {
  readonly targetGroupArn: string
  readonly weight: number
}

/** Everything that stands against starting, at once. Nothing when the rollout may start. */
export function checkPreflight(
  { environment, name, service, skeleton }: PreflightSubject,
  facts: PreflightFacts,
): readonly Problem[] {
  const problems: Problem[] = []
  const location = { file: `environments/${environment}/${name}.yaml` }
  const active = facts.deployments.find(({ status }) => !finalStatuses.includes(status))
  if (active) {
    problems.push({
      message: `expected no deployment in flight, found ${active.arn} (${active.status})`,
      hint: 'wait for it, or roll it back; a second update would stop it half way',
    })
  }
  if (facts.stack?.status.endsWith('_IN_PROGRESS') && facts.stack.status !== 'REVIEW_IN_PROGRESS') {
    problems.push({
      message: `expected the stack ${facts.stack.name} at rest, found ${facts.stack.status}`,
      hint: 'wait for the infra run to end, then run this job again',
    })
  }
  const { image } = service.release
  if (facts.hold?.digest === image.digest) {
    problems.push({
      message: `${image.digest} is held in ${environment} since ${facts.hold.at}: ${facts.hold.reason}`,
      location,
      hint: 'promote another release, or remove the hold when its cause is mended',
    })
  }
  if (!facts.isImageThere) {
    problems.push({
      message: `expected the image ${formatImageReference(image)} in the registry of ${environment}, found none`,
      location,
      hint: 'the build pushes it; check its digest and the replication to this account and region',
    })
  }
  for (const alarm of service.rollout.alarms) {
    const state = facts.alarms[alarm]
    if (state == null) problems.push({ message: `expected the alarm ${alarm}, found none`, location })
    // ECS ignores an alarm for the whole deployment when it is in ALARM at the start.
    if (state === 'ALARM')
      problems.push({
        message: `the alarm ${alarm} is in ALARM already, so ECS would ignore it`,
        hint: 'mend its cause first',
      })
  }
  if (service.rollout.strategy !== 'ROLLING') problems.push(...checkRouting(skeleton, facts.routing))
  problems.push(...checkTraffic(service, facts.requestsPerSecond, location))
  return problems
}

export interface PreflightSubject {
  readonly environment: string
  readonly name: string
  readonly service: Service
  readonly skeleton: TaskSkeleton
}

/** ECS does not look at the live weights before it shifts (containers-roadmap#2853), so this does. */
function checkRouting({ loadBalancing }: TaskSkeleton, routing: Routing | undefined): Problem[] {
  if (!loadBalancing || !routing) {
    const hint = 'deploy infra with a load balancer for it, or use ROLLING'
    return [{ message: 'expected two target groups and listener rules in the task skeleton, found none', hint }]
  }
  const problems: Problem[] = []
  const own = [loadBalancing.targetGroupArn, loadBalancing.alternateTargetGroupArn]
  const attached = [...routing.production, ...routing.test]
  const serving = routing.production.filter(({ weight }) => weight > 0)
  for (const { targetGroupArn } of attached)
    if (!own.includes(targetGroupArn))
      problems.push({ message: `a listener rule of this service points at the foreign target group ${targetGroupArn}` })
  for (const targetGroupArn of own)
    if (!attached.some((target) => target.targetGroupArn === targetGroupArn))
      problems.push({ message: `expected ${targetGroupArn} in the production or the test rule, found it in neither` })
  if (serving.length !== 1 || !serving[0]) {
    const found = serving.map(({ targetGroupArn, weight }) => `${targetGroupArn} (${weight})`).join(', ') || 'none'
    problems.push({ message: `expected exactly one target group that serves production, found ${found}` })
    return problems
  }
  const { targetGroupArn } = serving[0]
  if ((routing.healthyTargets[targetGroupArn] ?? 0) === 0)
    problems.push({ message: `expected healthy targets in ${targetGroupArn}, which serves production, found none` })
  if (routing.servingByRevision != null && routing.servingByRevision !== targetGroupArn)
    problems.push({
      message: `production points at ${targetGroupArn}, but the running revision is in ${routing.servingByRevision}`,
      hint: 'the listener rule was changed by hand or by a stack update; set its weights back first',
    })
  return problems
}

/** Whether so much production traffic can decide the first judged step in time: a problem when not. */
export function checkTraffic(
  { rollout, analysis }: Service,
  requestsPerSecond: number,
  location: { readonly file: string },
): Problem[] {
  const percent = firstComparedPercent(rollout)
  if (percent == null) return []
  const plan = planSamples(analysis, { requestsPerSecond, percent })
  if (plan.canDecide) return []
  const traffic = `${requestsPerSecond.toFixed(1)} requests a second x ${percent} %`
  const needs = Number.isFinite(plan.seconds) ? `takes ${describeDuration(plan.seconds)}` : 'never comes'
  return [
    {
      message: `the traffic is too thin for the judge: ${traffic} for ${describeDuration(analysis.timeout)} gives the new revision ${plan.expected} requests, and a pass needs ${plan.needed} without a bad one, which ${needs}`,
      location,
      hint: 'raise analysis.timeout or the first step, or use BLUE_GREEN, which decides before the shift',
    },
  ]
}
