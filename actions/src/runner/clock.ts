import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '@sluice/core/clock'

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds, signal) => wait(milliseconds, undefined, signal == null ? {} : { signal }),
}
