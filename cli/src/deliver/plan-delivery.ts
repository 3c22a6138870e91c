import { join } from 'node:path'
import { parseDesiredState, type DesiredState } from '@sluice/core/environment/read'
import { ConfigurationError } from '@sluice/core/failure'
import { checkTraffic } from '@sluice/core/rollout/preflight'
import { shared } from '@sluice/core/stacks/shared'
import { readYamlFiles } from './local-main.ts'
import { applyOverlay } from './overlay.ts'

/** What is going to be delivered where: the checkout's desired state under the local overlay. */
export interface DeliveryPlan {
  /** The files of `environments/` as this machine's main holds them. */
  readonly files: ReadonlyMap<string, string>
  readonly state: DesiredState
  /** The first service of the project; the others stay as they are. */
  readonly service: string
  /** The folder of the service's sources, from the repository's root. */
  readonly servicePath: string
  readonly others: readonly string[]
  /** From the first to the last on the way of a release. */
  readonly environments: readonly string[]
}

/**
 * Reads `environments/` and `local/overlay/`. Throws a `ConfigurationError` with everything that is wrong with them, the
 * repository's own files first: only theirs have lines that people can open.
 * @param requestsPerSecond What production, the last environment, gets while it is replaced; the others get none.
 */
export async function planDelivery(checkout: string, port: number, requestsPerSecond: number): Promise<DeliveryPlan> {
  const realFiles = await readYamlFiles(join(checkout, 'environments'))
  parseDesiredState(realFiles)
  const overlay = await readYamlFiles(join(checkout, 'local/overlay'))
  const files = applyOverlay(realFiles, overlay, { ENDPOINT_HOST: `127.0.0.1:${port}` })
  const state = parseDesiredState(files, 'environments (under local/overlay)')
  const [service = '', ...others] = Object.keys(state.project.services)
  const servicePath = state.project.services[service]?.path ?? ''
  const environments = inOrder(state.environments)
  const last = environments.at(-1) ?? ''
  const file = `environments/${last}/${service}.yaml`
  const judged = state.environments[last]?.services[service]
  const problems = judged ? checkTraffic(judged, requestsPerSecond, { file }) : []
  if (problems.length > 0) throw new ConfigurationError(problems)
  return { files, state, service, servicePath, others, environments }
}

/** Environments from the first to the last on the way of a release. */
function inOrder(environments: DesiredState['environments']): string[] {
  const order: string[] = []
  const after = (from: string | undefined) => {
    for (const { name, environment } of Object.values(environments)) {
      if (environment.promotion.from !== from || order.includes(name)) continue
      order.push(name)
      after(name)
    }
  }
  after(undefined)
  return order.filter((name) => name !== shared)
}
