import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Requests at a rate until it is ended; counts answers by status and by the release that gave them. Resolves when so many were
 * answered that it can be measured, with what ends it.
 */
export async function traffic(url: string, perSecond: number): Promise<() => Promise<Record<string, number>>> {
  const seen = new Map<string, number>()
  const pending = new Set<Promise<void>>()
  const timer = setInterval(() => {
    for (let count = 0; count < perSecond / 20; count++) {
      const request: Promise<void> = fetch(url)
        .then(
          async (response) => `${response.status} ${await response.text()}`,
          (error: unknown) => String(error),
        )
        .then((key) => void seen.set(key, (seen.get(key) ?? 0) + 1))
        .finally(() => pending.delete(request))
      pending.add(request)
    }
  }, 50)
  const stop = async () => {
    clearInterval(timer)
    await Promise.all(pending)
    return Object.fromEntries(seen)
  }
  const answered = () => [...seen.values()].reduce((sum, count) => sum + count, 0)
  for (const until = performance.now() + 120_000; answered() < perSecond * 2.5; await sleep(50)) {
    if (performance.now() < until) continue
    throw new Error(`expected ${perSecond * 2.5} answers within two minutes, found ${JSON.stringify(await stop())}`)
  }
  return stop
}
