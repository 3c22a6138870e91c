/**
 * The emulator's time. Every timestamp is wall clock; only the emulator's own durations (bakes, probes, drains, alarm
 * periods) are divided by `speed`. k6, approvals and the actions never are.
 */
export interface EmulatorClock {
  now(): Date
  /** Resolves after `milliseconds / speed` of wall time; rejects with the signal's reason. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  /** Wall milliseconds that an emulated duration takes. */
  scale(milliseconds: number): number
}

/** The real one. Timers do not keep the process alive. */
export function emulatorClock(speed: number): EmulatorClock {
  const scale = (milliseconds: number) => milliseconds / speed
  return {
    now: () => new Date(),
    scale,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const abort = () => {
          clearTimeout(timer)
          reject(signal?.reason as Error)
        }
        const timer = setTimeout(() => {
          signal?.removeEventListener('abort', abort)
          resolve()
        }, scale(milliseconds))
        if (signal?.aborted) abort()
        else signal?.addEventListener('abort', abort, { once: true })
      }),
  }
}
