import type { Conclusion, GitHubEvent } from '@sluice/local/github'

/** A stretch of a delivery, in seconds since its start. */
export interface Span {
  readonly name: string
  readonly from: number
  readonly to: number
}

export interface JobSpan extends Span {
  readonly workflow: string
  readonly conclusion: Conclusion
  readonly steps: readonly Span[]
}

/** When each job and each of its steps began and ended: where a delivery's time goes. */
export class Timeline {
  readonly jobs: JobSpan[] = []
  readonly #now: () => number
  readonly #open = new Map<string, { from: number; steps: Span[]; step: number }>()

  /** `now` is in milliseconds since the delivery's start. */
  constructor(now: () => number) {
    this.#now = now
  }

  hear(event: GitHubEvent): void {
    if (!('job' in event)) return
    const key = `${event.run.id} ${event.job}`
    const at = this.#now() / 1000
    const open = this.#open.get(key)
    if (event.type === 'job-started') this.#open.set(key, { from: at, steps: [], step: at })
    if (!open) return
    if (event.type === 'step-started') open.step = at
    if (event.type === 'step-finished') open.steps.push({ name: event.step, from: open.step, to: at })
    if (event.type !== 'job-finished') return
    this.#open.delete(key)
    const { conclusion, run } = event
    this.jobs.push({ name: event.job, workflow: run.name, conclusion, from: open.from, to: at, steps: open.steps })
  }
}
