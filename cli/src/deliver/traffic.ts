import { Agent, request } from 'node:http'

/** What load balancers give an answer by default, too. Slow ones are the judge's: nobody is told that they failed. */
const patience = 60_000

/** What one phase of the delivery saw of production. */
export interface TrafficCount {
  requests: number
  failed: number
  /** Milliseconds, for the percentile of the report; one entry a request. */
  readonly latencies: number[]
  /** What failed, by what the client saw: a status or an error code. */
  readonly failures: Record<string, number>
}

export interface Traffic {
  /** Requests from now on are counted under this name. */
  enter(phase: string): void
  /** So many requests start each second from now on. */
  pace(perSecond: number): void
  readonly phases: ReadonlyMap<string, TrafficCount>
  stop(): Promise<void>
}

/**
 * Steady read traffic through a production load balancer: the people who go on using the service while it is replaced.
 * Requests start on a fixed schedule (an open model), so a slow server does not slow the measurement down.
 */
export function startTraffic(options: {
  readonly url: string
  readonly paths: readonly string[]
  readonly perSecond: number
  readonly phase: string
}): Traffic {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const phases = new Map<string, TrafficCount>()
  let phase = options.phase
  let sent = 0
  let inFlight = 0
  let drained: (() => void) | undefined
  let perSecond = options.perSecond
  let since = performance.now()
  let sentSince = 0

  /** Once more for each kept connection that the other side has closed meanwhile, as browsers and Go's client do (RFC 9110, 9.2.2). */
  const ask = (path: string, finish: (failure?: string) => void) => {
    const outgoing = request(new URL(path, options.url), { agent, timeout: patience }, (response) => {
      const status = response.statusCode ?? 0
      response.resume()
      response.on('end', () => finish(status >= 500 ? String(status) : undefined))
      response.on('error', (error) => finish((error as NodeJS.ErrnoException).code ?? error.message))
    })
    outgoing.on('timeout', () =>
      outgoing.destroy(Object.assign(new Error(`no answer in ${patience / 1000} s`), { code: 'TIMEOUT' })),
    )
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      if (outgoing.reusedSocket && error.code === 'ECONNRESET') ask(path, finish)
      else finish(error.code ?? error.message)
    })
    outgoing.end()
  }

  const send = () => {
    const path = options.paths[sent % options.paths.length] ?? '/'
    const count = phases.get(phase) ?? { requests: 0, failed: 0, latencies: [], failures: {} }
    phases.set(phase, count)
    sent += 1
    sentSince += 1
    inFlight += 1
    const start = performance.now()
    let done = false
    const finish = (failure?: string) => {
      if (done) return
      done = true
      inFlight -= 1
      count.requests += 1
      count.latencies.push(performance.now() - start)
      if (failure != null) {
        count.failed += 1
        count.failures[failure] = (count.failures[failure] ?? 0) + 1
      }
      if (inFlight === 0) drained?.()
    }
    ask(path, finish)
  }

  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - since) / 1000) * perSecond)
    for (let missing = due - sentSince; missing > 0; missing--) send()
  }, 10)

  return {
    phases,
    enter: (next) => {
      phase = next
    },
    pace: (next) => {
      perSecond = next
      since = performance.now()
      sentSince = 0
    },
    stop: async () => {
      clearInterval(timer)
      if (inFlight > 0) await new Promise<void>((resolve) => (drained = resolve))
      agent.destroy()
    },
  }
}

/** The value below which a share of the values lies; 0 when there are none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}
