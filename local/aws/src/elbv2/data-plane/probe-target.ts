import { request } from 'node:http'

import type { HealthCheck, RegisteredTarget } from '../model.ts'

/** What one health check found; `reason` is AWS's code. */
export type ProbeResult =
  | { readonly passed: true }
  | { readonly passed: false; readonly reason: string; readonly description: string }

/** When this process itself was held up, the answer may be here already and unread: timers come before sockets. */
const hearingMilliseconds = 100

/** One health check: a GET on a connection of its own, as `ELB-HealthChecker/2.0`. */
export function probeTarget(
  target: RegisteredTarget['target'],
  check: HealthCheck,
  timeoutMilliseconds: number,
): Promise<ProbeResult> {
  const port = check.port === 'traffic-port' ? target.port : Number(check.port)
  return new Promise((resolve) => {
    const headers = { Host: `${target.host}:${port}`, 'User-Agent': 'ELB-HealthChecker/2.0', Connection: 'close' }
    const probe = request({ host: target.host, port, path: check.path, agent: false, headers }, (response) => {
      response.resume()
      const status = response.statusCode ?? 0
      if (matches(check.matcher, status)) resolve({ passed: true })
      else {
        const description = `Health checks failed with these codes: [${status}]`
        resolve({ passed: false, reason: 'Target.ResponseCodeMismatch', description })
      }
    })
    const late = () => {
      resolve({ passed: false, reason: 'Target.Timeout', description: 'Request timed out' })
      probe.destroy()
    }
    let timer = setTimeout(() => {
      timer = setTimeout(late, hearingMilliseconds)
    }, timeoutMilliseconds)
    probe.once('close', () => clearTimeout(timer))
    probe.on('error', () => {
      resolve({ passed: false, reason: 'Target.FailedHealthChecks', description: 'Health checks failed' })
    })
    probe.end()
  })
}

/** `200`, `200,202` or `200-299`. */
export function matches(matcher: string, status: number): boolean {
  return matcher.split(',').some((part) => {
    const [low = NaN, high = low] = part.split('-').map(Number)
    return status >= low && status <= high
  })
}
