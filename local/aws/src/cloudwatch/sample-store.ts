import { Distribution } from './distribution.ts'
import type { MetricStore, Sample } from './metric-store.ts'

/** A metric: its name and its dimensions. */
export interface Series {
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
  unit: string
  /** By second since 1970, older ones by minute (at the minute's first second). */
  readonly bins: Map<number, Distribution>
}

/** How much is kept, and how finely. */
export interface Retention {
  /**
   * Values kept one by one, over all metrics (8 bytes each). Beyond that the oldest seconds are compacted to buckets of
   * 1 % width, so that counts above a threshold are exact for the latest values and close for older ones.
   */
  readonly exactValues: number
  /** CloudWatch keeps seconds for three hours, minutes for 15 days. */
  readonly secondsFor: number
  readonly minutesFor: number
}

const cloudWatchRetention: Retention = { exactValues: 6_000_000, secondsFor: 3 * 3600, minutesFor: 15 * 86_400 }

/** Every sample, by metric and second, in bounded memory. */
export class SampleStore implements MetricStore {
  readonly #series = new Map<string, Series>()
  /** By the very object of dimensions: a load balancer hands in the same one thousands of times a second. */
  readonly #known = new WeakMap<object, Map<string, Series>>()
  readonly #retention: Retention
  #exact = 0
  #lastCare = 0

  constructor(retention: Retention = cloudWatchRetention) {
    this.#retention = retention
  }

  put(sample: Sample): void {
    this.#exact += this.#bin(sample).add(sample.value)
    this.#takeCare(sample.time)
  }

  /** A value that came many times, or a set of statistics. */
  putMany(
    sample: Sample,
    many:
      | { readonly times: number }
      | { readonly count: number; readonly sum: number; readonly minimum: number; readonly maximum: number },
  ): void {
    const bin = this.#bin(sample)
    if ('times' in many) this.#exact += bin.add(sample.value, many.times)
    else bin.addStatistics(many)
    this.#takeCare(sample.time)
  }

  all(): readonly Series[] {
    return [...this.#series.values()]
  }

  find(namespace: string, name: string, dimensions: Readonly<Record<string, string>>): Series | undefined {
    return this.#series.get(keyOf(namespace, name, dimensions))
  }

  #bin(sample: Sample): Distribution {
    const series = this.#of(sample)
    if (sample.unit !== undefined) series.unit = sample.unit
    const second = Math.floor(sample.time.getTime() / 1000)
    let bin = series.bins.get(second)
    if (!bin) {
      bin = new Distribution()
      series.bins.set(second, bin)
    }
    return bin
  }

  #of({ namespace, name, dimensions }: Sample): Series {
    let ofDimensions = this.#known.get(dimensions)
    if (!ofDimensions) {
      ofDimensions = new Map()
      this.#known.set(dimensions, ofDimensions)
    }
    const short = `${namespace}\n${name}`
    let series = ofDimensions.get(short)
    if (!series) {
      const key = keyOf(namespace, name, dimensions)
      series = this.#series.get(key) ?? { namespace, name, dimensions, unit: 'None', bins: new Map() }
      this.#series.set(key, series)
      ofDimensions.set(short, series)
    }
    return series
  }

  /** Once a second of the samples' time. */
  #takeCare(time: Date): void {
    const now = Math.floor(time.getTime() / 1000)
    if (now <= this.#lastCare) return
    const isNewMinute = Math.floor(now / 60) > Math.floor(this.#lastCare / 60)
    this.#lastCare = now
    if (isNewMinute) for (const series of this.#series.values()) this.#age(series, now)
    if (this.#exact > this.#retention.exactValues) this.#compactOldest()
  }

  #age(series: Series, now: number): void {
    const { secondsFor, minutesFor } = this.#retention
    for (const [second, bin] of series.bins) {
      const isMinute = second % 60 === 0
      if (second < now - minutesFor) {
        this.#exact -= bin.kept
        series.bins.delete(second)
      } else if (second < now - secondsFor && !isMinute) {
        this.#exact -= bin.compact()
        series.bins.delete(second)
        const minute = second - (second % 60)
        const into = series.bins.get(minute) ?? new Distribution()
        this.#exact -= into.kept
        into.merge(bin)
        into.compact()
        series.bins.set(minute, into)
      }
    }
  }

  #compactOldest(): void {
    const bins = [...this.#series.values()].flatMap((series) => [...series.bins])
    bins.sort(([one], [other]) => one - other)
    for (const [, bin] of bins) {
      if (this.#exact <= this.#retention.exactValues * 0.75) return
      this.#exact -= bin.compact()
    }
  }
}

function keyOf(namespace: string, name: string, dimensions: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1))
  return JSON.stringify([namespace, name, sorted])
}
