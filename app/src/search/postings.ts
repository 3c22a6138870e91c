import { addAll, bitsFor, eachBit, setBit, withRoomFor } from './bits.ts'
import type { Bits } from './bits.ts'

const nobody = -1
/** A list this long becomes a set of bits as soon as that is the smaller: uniting sets is thirty times as fast as following a list. */
const longList = 1024

/** By a word's number: the packages that have it. */
export class Postings {
  /** The one package, which is what most words have; `nobody`; or below that the number of its list or set, counted down. */
  #packages = new Int32Array(0)
  readonly #several: (number[] | Bits)[] = []

  /** @param number not below any that was noted before */
  note(word: number, number: number): void {
    this.#makeRoom(word)
    const known = this.#packages[word] ?? nobody
    if (known === nobody) this.#packages[word] = number
    else if (known > nobody) {
      if (known === number) return
      this.#several.push([known, number])
      this.#packages[word] = nobody - this.#several.length
    } else this.#noteAmong(nobody - 1 - known, number)
  }

  of(word: number): readonly number[] {
    const found: number[] = []
    this.#each(word, (number) => found.push(number))
    return found
  }

  addTo(bits: Bits, word: number): void {
    const known = this.#packages[word] ?? nobody
    if (known > nobody) return setBit(bits, known)
    if (known === nobody) return undefined
    const several = this.#several[nobody - 1 - known] ?? []
    if (several instanceof Uint32Array) return addAll(bits, several)
    for (let index = 0; index < several.length; index += 1) setBit(bits, several[index] ?? 0)
    return undefined
  }

  #each(word: number, visit: (number: number) => void): void {
    const known = this.#packages[word] ?? nobody
    if (known > nobody) visit(known)
    if (known >= nobody) return
    const several = this.#several[nobody - 1 - known] ?? []
    if (several instanceof Uint32Array) eachBit(several, visit)
    else for (const number of several) visit(number)
  }

  #noteAmong(index: number, number: number): void {
    let several = this.#several[index] ?? []
    if (Array.isArray(several) && several.length >= longList && several.length * 64 > number) {
      const bits = bitsFor(number * 2)
      for (const each of several) setBit(bits, each)
      several = bits
    }
    if (Array.isArray(several)) {
      if (several.at(-1) !== number) several.push(number)
      return
    }
    several = withRoomFor(several, number)
    setBit(several, number)
    this.#several[index] = several
  }

  #makeRoom(word: number): void {
    if (word < this.#packages.length) return
    const larger = new Int32Array(Math.max(1024, word * 2)).fill(nobody)
    larger.set(this.#packages)
    this.#packages = larger
  }
}
