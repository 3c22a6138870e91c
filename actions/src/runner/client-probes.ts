import { ConfigurationError } from '@sluice/core/failure'
import type { ClientProbes } from '@sluice/core/recovery/region-switch'

/** A client waits this long for an answer. */
const patienceMilliseconds = 3000

/**
 * Asks an environment as its clients do: a GET, and a POST of an empty object where a path is given that writes. Connections are not kept,
 * so that each question finds the region that answers now. Nothing to ask without an address.
 */
export function clientProbes(
  base: string | undefined,
  paths: { readonly read: string; readonly write?: string | undefined },
): ClientProbes {
  if (base == null) return {}
  if (!URL.canParse(base)) throw new ConfigurationError(`input "url": expected an address, found "${base}"`)
  const ask = async (method: 'GET' | 'POST', path: string): Promise<boolean> => {
    try {
      const response = await fetch(new URL(path, base), {
        method,
        headers: { connection: 'close', ...(method === 'POST' ? { 'content-type': 'application/json' } : {}) },
        ...(method === 'POST' ? { body: '{}' } : {}),
        redirect: 'error',
        signal: AbortSignal.timeout(patienceMilliseconds),
      })
      await response.arrayBuffer()
      return response.ok
    } catch {
      return false
    }
  }
  const { read, write } = paths
  return {
    read: () => ask('GET', read),
    ...(write == null ? {} : { write: () => ask('POST', write) }),
  }
}
