/** Numbers of packages in the order of their names, brought up to date by what has come and gone when it is asked for, not sorted anew. */
export class NameOrder {
  readonly #nameOf: (number: number) => string
  #numbers = new Uint32Array(0)
  #added: number[] = []
  #hasLeft = false

  /** @param nameOf what the number stands for; a number's name never changes while it is there */
  constructor(nameOf: (number: number) => string) {
    this.#nameOf = nameOf
  }

  /** @param number that was never added before */
  add(number: number): void {
    this.#added.push(number)
  }

  /** Some of the numbers are not there any more. */
  leave(): void {
    this.#hasLeft = true
  }

  numbers(isThere: (number: number) => boolean): Uint32Array {
    if (this.#hasLeft) this.#leaveOut(isThere)
    this.#hasLeft = false
    const added = this.#added.filter(isThere)
    if (added.length > 0) this.#merge(added)
    this.#added = []
    return this.#numbers
  }

  #leaveOut(isThere: (number: number) => boolean): void {
    const numbers = this.#numbers
    let kept = 0
    for (let index = 0; index < numbers.length; index += 1) {
      const number = numbers[index] ?? 0
      if (!isThere(number)) continue
      numbers[kept] = number
      kept += 1
    }
    this.#numbers = numbers.subarray(0, kept)
  }

  #merge(unordered: readonly number[]): void {
    const added = unordered.toSorted((a, b) => (this.#nameOf(a) < this.#nameOf(b) ? -1 : 1))
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
