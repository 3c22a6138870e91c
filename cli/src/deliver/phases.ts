import type { Span } from './timeline.ts'

/** How long each phase of a delivery took. A phase that is entered again goes on adding. */
export class Phases {
  readonly seconds: Record<string, number> = {}
  readonly spans: Span[] = []
  onEnter: ((phase: string) => void) | undefined
  readonly #now: () => number
  #current: string | undefined
  #since = 0
  #isLast = false

  /** `now` is in milliseconds since the delivery's start, monotonic. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Whether the phase that ends a delivery was entered. */
  get isLast(): boolean {
    return this.#isLast
  }

  /** Enters a phase that no other follows, whatever jobs still start. */
  enterLast(phase: string): void {
    if (this.#isLast) return
    this.enter(phase)
    this.#isLast = true
  }

  enter(phase: string): void {
    if (phase === this.#current || this.#isLast) return
    this.leave()
    this.#current = phase
    this.#since = this.#now()
    this.onEnter?.(phase)
  }

  leave(): void {
    if (this.#current == null) return
    const [from, to] = [this.#since / 1000, this.#now() / 1000]
    this.seconds[this.#current] = (this.seconds[this.#current] ?? 0) + to - from
    this.spans.push({ name: this.#current, from, to })
    this.#current = undefined
  }
}
