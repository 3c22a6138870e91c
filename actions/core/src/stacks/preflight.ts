import type { Problem } from '../failure.ts'
import type { EcsService } from '../rollout/ecs-service.ts'
import type { Hold } from '../rollout/hold.ts'
import { describeDrift, type ServiceDrift, type StackDrift } from './drift.ts'
import { finalStatuses, type DeploymentEntry } from '../rollout/service-deployment.ts'

/** What is read of one service before the stacks under it are touched. */
export interface ServiceFacts {
  readonly environment: string
  readonly service: string
  readonly region: string
  /** `undefined` before its first deployment. */
  readonly current: EcsService | undefined
  readonly deployments: readonly DeploymentEntry[]
  readonly hold: Hold | undefined
  /** The newest active revision of its family: what a stack update would come to run. */
  readonly newest: string | undefined
}

/**
 * Everything that stands against a stack update: a rollout in flight, a release that was rolled back and is still named, a newest
 * revision that is not the one that runs. Any of them and the update would bring something to run that no gate has seen.
 */
export function checkInfraPreflight(
  services: readonly ServiceFacts[],
  released: (service: string) => string,
): Problem[] {
  return services.flatMap(({ environment, service, region, current, deployments, hold, newest }) => {
    if (!current) return []
    const problems: Problem[] = []
    const active = deployments.find(({ status }) => !finalStatuses.includes(status))
    if (active) {
      problems.push({
        message: `${service} in ${environment}, ${region}: expected no rollout in flight, found ${active.arn} (${active.status})`,
        hint: 'wait for it to end: a stack update would stop it half way',
      })
    }
    if (hold && hold.digest === released(service)) {
      problems.push({
        message: `${service} in ${environment}, ${region}: ${hold.digest} is held since ${hold.at}: ${hold.reason}`,
        hint: 'merge the revert of the release lines first: git and what runs have to agree',
      })
    }
    const running = current.primary?.taskDefinitionArn
    if (!active && newest !== running) {
      problems.push({
        message: `${service} in ${environment}, ${region}: expected the newest active revision to run, found ${newest ?? 'none'} beside ${running ?? 'nothing that runs'}`,
        hint: 'deregister the revisions that no release runs: a stack update names the bare family and would start the newest',
      })
    }
    return problems
  })
}

/**
 * What was changed past git: a stack update would meet settings that nobody reviewed, and would keep or overwrite them by chance.
 */
export function checkNoDrift(stacks: readonly StackDrift[], services: readonly ServiceDrift[]): Problem[] {
  return describeDrift(stacks, services).map((line) => ({
    message: `expected the environment as git says, found that it differs: ${line}`,
    hint: 'take the change back by hand, or bring it to main and deliver it; drift.yml shows the same list',
  }))
}
