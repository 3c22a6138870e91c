/** How long each phase of a delivery took. A phase that is entered again goes on adding. */
export class Phases {
  readonly seconds: Record<string, number> = {}
  onEnter: ((phase: string) => void) | undefined
  readonly #now: () => number
  #current: string | undefined
  #since = 0

  /** `now` is in milliseconds, monotonic. */
  constructor(now: () => number) {
    this.#now = now
  }

  enter(phase: string): void {
    if (phase === this.#current) return
    this.leave()
    this.#current = phase
    this.#since = this.#now()
    this.onEnter?.(phase)
  }

  leave(): void {
    if (this.#current == null) return
    this.seconds[this.#current] = (this.seconds[this.#current] ?? 0) + (this.#now() - this.#since) / 1000
    this.#current = undefined
  }
}
