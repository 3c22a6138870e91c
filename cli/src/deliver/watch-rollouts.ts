import { names } from '@sluice/core/names'
import { newestDeployment, type ServiceDeploymentView } from './aws-calls.ts'
import type { StageSeen } from './report.ts'

/** What was seen of one environment's rollout. */
export interface RolloutSeen {
  readonly stages: StageSeen[]
  deployment?: ServiceDeploymentView
}

/** A stage in a line for people. */
export function describeStage({ stage, weight }: StageSeen, status: string): string {
  const shown = stage === status ? stage : `${stage} (${status})`
  return weight === undefined ? shown : `${shown}, ${weight} % on the new revision`
}

/**
 * Looks at the environments' service deployments twice a second and keeps every change of stage or weight. Deployments that were
 * there before are the baseline's and do not count.
 */
export async function watchRollouts(options: {
  readonly url: string
  readonly environments: readonly string[]
  readonly service: string
  readonly onChange: (environment: string, stage: StageSeen, deployment: ServiceDeploymentView) => void
}): Promise<{ readonly seen: ReadonlyMap<string, RolloutSeen>; stop(): void }> {
  const { url, service } = options
  const seen = new Map<string, RolloutSeen>()
  const before = new Map<string, string | undefined>()
  const newest = (environment: string) =>
    newestDeployment(url, names.cluster(environment), names.service(environment, service))
  for (const environment of options.environments) {
    before.set(environment, (await newest(environment))?.serviceDeploymentArn)
    seen.set(environment, { stages: [] })
  }
  const look = async () => {
    for (const environment of options.environments) {
      const deployment = await newest(environment)
      const rollout = seen.get(environment)
      if (!deployment || !rollout || deployment.serviceDeploymentArn === before.get(environment)) continue
      rollout.deployment = deployment
      const weight = deployment.targetServiceRevision?.requestedProductionTrafficWeight
      const stage: StageSeen = {
        stage: deployment.lifecycleStage ?? deployment.status,
        at: new Date().toISOString(),
        ...(weight === undefined ? {} : { weight }),
      }
      const last = rollout.stages.at(-1)
      if (last?.stage === stage.stage && last.weight === stage.weight) continue
      rollout.stages.push(stage)
      options.onChange(environment, stage, deployment)
    }
  }
  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    // The endpoint closes at the end of a run; a look that comes too late shows nothing new.
    void look()
      .catch(() => undefined)
      .finally(() => (busy = false))
  }, 500)
  return { seen, stop: () => clearInterval(timer) }
}
