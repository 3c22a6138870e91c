import type { StageSeen } from './report.ts'
import type { View } from './view.ts'

/** The one line that always says where a delivery is: the job, the rollout's stage and weight, and the judge's last word. */
export class LiveLine {
  readonly #view: Pick<View, 'status'>
  #job = ''
  #rollout = ''
  #verdict = ''

  constructor(view: Pick<View, 'status'>) {
    this.#view = view
  }

  job(title: string): void {
    this.#job = title
    this.#draw()
  }

  /** A verdict on what was before says nothing of a new stage or weight. */
  rollout(environment: string, { stage, weight }: Pick<StageSeen, 'stage' | 'weight'>): void {
    const shown = weight === undefined ? `${environment} ${stage}` : `${environment} ${stage} ${weight} %`
    if (shown !== this.#rollout) this.#verdict = ''
    this.#rollout = shown
    this.#draw()
  }

  verdict(text: string): void {
    this.#verdict = text
    this.#draw()
  }

  #draw(): void {
    this.#view.status([this.#rollout, this.#verdict, this.#job].filter((part) => part !== '').join('  |  '))
  }
}
