/** How many callers are remembered; the one not seen for longest is forgotten, and starts with a full bucket again. */
const rememberedCallers = 50_000

/**
 * A token bucket for each caller: so many requests a minute, and as many at once after a minute of silence. It counts for one
 * process; several behind a load balancer let through as many times more.
 */
export class TokenBuckets {
  readonly #perMinute: number
  readonly #now: () => number
  readonly #callers = new Map<string, { left: number; at: number }>()

  /** @param perMinute 0 for no limit. @param now milliseconds */
  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute
    this.#now = now
  }

  get limited(): boolean {
    return this.#perMinute > 0
  }

  get size(): number {
    return this.#callers.size
  }

  /** Takes one. @returns 0, or after how many seconds there is one again */
  take(caller: string): number {
    if (this.#perMinute === 0) return 0
    const bucket = this.#refilled(caller)
    if (bucket.left < 1) return Math.max(1, Math.ceil(((1 - bucket.left) * 60) / this.#perMinute))
    bucket.left -= 1
    return 0
  }

  /** Gives one back: what it was taken for did not count. */
  giveBack(caller: string): void {
    if (this.#perMinute === 0) return
    const bucket = this.#refilled(caller)
    bucket.left = Math.min(this.#perMinute, bucket.left + 1)
  }

  #refilled(caller: string): { left: number; at: number } {
    const now = this.#now()
    const known = this.#callers.get(caller)
    const bucket = known ?? { left: this.#perMinute, at: now }
    // A clock that is set back must not take away what was saved up.
    const elapsed = Math.max(0, now - bucket.at)
    bucket.left = Math.min(this.#perMinute, bucket.left + (elapsed * this.#perMinute) / 60_000)
    bucket.at = now
    // Maps keep the order of insertion: the one just seen goes to the end.
    if (known) this.#callers.delete(caller)
    this.#callers.set(caller, bucket)
    if (this.#callers.size > rememberedCallers) {
      const [oldest] = this.#callers.keys()
      if (oldest !== undefined) this.#callers.delete(oldest)
    }
    return bucket
  }
}
