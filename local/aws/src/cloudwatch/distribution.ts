/** Width of a bucket of the sketch, relative to its value: what is compacted is off by half a percent at most. */
const bucketRatio = 1.01
const logRatio = Math.log(bucketRatio)

/**
 * The values of some time: count, sum, smallest and largest exactly, always; the values themselves exactly until
 * `compact` puts them into buckets of 1 % width.
 */
export class Distribution {
  count = 0
  sum = 0
  minimum = Infinity
  maximum = -Infinity
  /** The one value, while all are the same, which counters are. */
  #only = NaN
  /** Absent while all values are the same. */
  #values: number[] | undefined
  #buckets: Map<number, number> | undefined

  /** How many numbers it holds in memory for its values. */
  get kept(): number {
    return this.#values?.length ?? 0
  }

  add(value: number, times = 1): number {
    const before = this.kept
    const isUniform = this.#values === undefined && this.#buckets === undefined
    if (this.count === 0) this.#only = value
    if (isUniform && value !== this.#only) {
      this.#values = Array.from<number>({ length: this.count }).fill(this.#only)
    }
    for (let time = 0; this.#values && time < times; time += 1) this.#values.push(value)
    if (this.#buckets && !this.#values) this.#bucket(value, times)
    this.count += times
    this.sum += value * times
    this.minimum = Math.min(this.minimum, value)
    this.maximum = Math.max(this.maximum, value)
    return this.kept - before
  }

  /** Adds what was already summed up elsewhere (a StatisticSet): it counts, but its values are not known. */
  addStatistics(set: {
    readonly count: number
    readonly sum: number
    readonly minimum: number
    readonly maximum: number
  }): void {
    if (set.count <= 0) return
    const mean = set.sum / set.count
    this.add(mean, set.count)
    this.minimum = Math.min(this.minimum, set.minimum)
    this.maximum = Math.max(this.maximum, set.maximum)
  }

  merge(other: Distribution): void {
    for (const [value, times] of other.entries()) this.add(value, times)
    this.minimum = Math.min(this.minimum, other.minimum)
    this.maximum = Math.max(this.maximum, other.maximum)
  }

  /** Gives up the values for buckets. Returns how many numbers that frees. */
  compact(): number {
    const values = this.#values
    if (!values) return 0
    this.#values = undefined
    this.#buckets ??= new Map()
    for (const value of values) this.#bucket(value, 1)
    return values.length
  }

  /** Values and how often, in no order. */
  entries(): Array<readonly [value: number, times: number]> {
    if (this.#values) return this.#values.map((value) => [value, 1] as const)
    if (!this.#buckets) return this.count === 0 ? [] : [[this.#only, this.count] as const]
    return [...this.#buckets].map(([bucket, times]) => [this.#inside(bucketValue(bucket)), times] as const)
  }

  #bucket(value: number, times: number): void {
    const bucket = value > 0 ? Math.round(Math.log(value) / logRatio) : value === 0 ? -Infinity : NaN
    this.#buckets?.set(bucket, (this.#buckets.get(bucket) ?? 0) + times)
  }

  #inside(value: number): number {
    return Math.min(Math.max(value, this.minimum), this.maximum)
  }
}

function bucketValue(bucket: number): number {
  if (Number.isNaN(bucket)) return -Infinity
  return bucket === -Infinity ? 0 : Math.exp(bucket * logRatio)
}
