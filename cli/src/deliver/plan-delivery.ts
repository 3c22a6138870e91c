import { join } from 'node:path'
import { parseDesiredState, type DesiredState } from '@sluice/core/environment/read'
import { shared } from '@sluice/infra/planning'
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

/** Reads `environments/` and `local/overlay/`. Throws a `ConfigurationError` with everything that is wrong with them. */
export async function planDelivery(checkout: string, port: number): Promise<DeliveryPlan> {
  const realFiles = await readYamlFiles(join(checkout, 'environments'))
  const overlay = await readYamlFiles(join(checkout, 'local/overlay'))
  const files = applyOverlay(realFiles, overlay, { ENDPOINT_HOST: `127.0.0.1:${port}` })
  const state = parseDesiredState(files)
  const [service = '', ...others] = Object.keys(state.project.services)
  const servicePath = state.project.services[service]?.path ?? ''
  return { files, state, service, servicePath, others, environments: inOrder(state.environments) }
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
