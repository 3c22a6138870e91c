import { ConfigurationError, type Problem } from '@sluice/core/failure'
import { expectRuntime } from '@sluice/local/aws'
import { findK6, K6NotFoundError } from '@sluice/load-tests/k6'
import { expectFreePort, findFreePort } from '../free-port.ts'
import { findCheckout, readHead, type Head } from './git.ts'
import type { DeliverOptions } from './options.ts'
import { planDelivery, type DeliveryPlan } from './plan-delivery.ts'

/** All that a delivery needs before anything is started. */
export interface PreparedDelivery {
  readonly head: Head
  readonly plan: DeliveryPlan
  readonly port: number
  /** The path of k6. */
  readonly k6: string
}

/**
 * Looks at everything that can be wrong with what was asked for, and starts nothing. Throws a `ConfigurationError` with all
 * problems at once. k6 comes last: getting it can take minutes.
 */
export async function prepareDelivery(
  folder: string,
  options: Pick<DeliverOptions, 'port' | 'runtime' | 'traffic'>,
): Promise<PreparedDelivery> {
  const checkout = await findCheckout(folder)
  const port = options.port === 0 ? await findFreePort() : options.port
  const problems: Problem[] = []
  const check = async <Value>(look: () => Promise<Value>): Promise<Value | undefined> => {
    try {
      return await look()
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error
      problems.push(...error.problems)
      return undefined
    }
  }
  const head = await check(() => readHead(checkout))
  const plan = await check(() => planDelivery(checkout, port, options.traffic))
  if (options.port !== 0) await check(() => expectFreePort(port))
  await check(() => expectRuntime(options.runtime))
  if (!head || !plan || problems.length > 0) throw new ConfigurationError(problems)
  return { head, plan, port, k6: await getK6() }
}

async function getK6(): Promise<string> {
  try {
    return (await findK6({ report: (line: string) => console.log(line) })).path
  } catch (error) {
    if (!(error instanceof K6NotFoundError)) throw error
    throw new ConfigurationError(error.message, { cause: error })
  }
}
