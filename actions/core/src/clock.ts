/** Time, as the core is given it. `systemClock` lives in the shells; tests hand in one that they move themselves. */
export interface Clock {
  now(): Date
  /** Resolves after that many milliseconds, or rejects with the signal's reason. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}
