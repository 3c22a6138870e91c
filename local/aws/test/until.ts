import { setTimeout as sleep } from 'node:timers/promises'

/** Far more than anything takes here, on a machine that has other work; less than a test may take. */
const limitMilliseconds = 120_000

/** Waits until something is so. Throws an error that says what was waited for, and what was seen instead. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  seen: () => unknown = () => undefined,
  everyMilliseconds = 5,
): Promise<void> {
  const began = performance.now()
  while (!(await isSo())) {
    if (performance.now() - began > limitMilliseconds) {
      const found = JSON.stringify(seen()) ?? 'no more'
      throw new Error(`expected within ${limitMilliseconds / 1000} s: ${what}; found ${found}`)
    }
    await sleep(everyMilliseconds)
  }
}
