/** Numbers of packages in the order of their names, brought up to date by what has come and gone, not sorted anew. */
export class NameOrder {
  readonly #nameOf: (number: number) => string
  #numbers = new Uint32Array(0)

  /** @param nameOf what the number stands for; a number's name never changes */
  constructor(nameOf: (number: number) => string) {
    this.#nameOf = nameOf
  }

  get numbers(): Uint32Array {
    return this.#numbers
  }

  leaveOut(isGone: (number: number) => boolean): void {
    this.#numbers = this.#numbers.filter((number) => !isGone(number))
  }

  /** @param numbers whose names are in no order yet */
  add(numbers: readonly number[]): void {
    const added = numbers.toSorted((a, b) => (this.#nameOf(a) < this.#nameOf(b) ? -1 : 1))
    const kept = this.#numbers
    const merged = new Uint32Array(kept.length + added.length)
    let from = 0
    for (const [index, number] of added.entries()) {
      const until = this.#placeOf(this.#nameOf(number), from)
      if (until > from) merged.set(kept.subarray(from, until), from + index)
      merged[until + index] = number
      from = until
    }
    merged.set(kept.subarray(from), from + added.length)
    this.#numbers = merged
  }

  /** Where a name belongs, at or after `from`. */
  #placeOf(name: string, from: number): number {
    let low = from
    let high = this.#numbers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#nameOf(this.#numbers[middle] ?? 0) < name) low = middle + 1
      else high = middle
    }
    return low
  }
}
