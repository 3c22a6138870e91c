import { hash } from 'node:crypto'
import { fold, Vocabulary, wordsOf } from './vocabulary.ts'
import type { Holds } from './vocabulary.ts'

/** One package as it is put in. */
export interface Text {
  readonly name: string
  /** What is searched beside the name. */
  readonly text: string
  readonly public: boolean
  readonly type: string | null
  readonly item: string | null
}

/** What is in memory of one package beside its words: enough to filter and rank it. */
export interface Indexed {
  readonly name: string
  readonly scope: string
  readonly public: boolean
  readonly type: string | null
  readonly item: string | null
  /** Tells whether the text has changed: 52 bits of its SHA-256. */
  readonly fingerprint: number
  /** The number of its name among the words. */
  readonly nameWord: number
}

/** Lists in the order of names: the very name, names that begin so, names that hold it, the rest. */
export type Ranks = readonly [readonly Indexed[], readonly Indexed[], readonly Indexed[], readonly Indexed[]]

/** More searched words than this are not looked at. */
const wordsAtMost = 10

/**
 * The words of all packages, and for each word the packages that have it. A search looks for its words among the different words
 * and unites their packages, so any part of a word is found and the total is exact, without a look at any text.
 */
export class TextIndex {
  #words = new Vocabulary()
  /** By the word's number: the packages' numbers, ascending. Most words have one, which needs no list. */
  #packagesOf: (number | number[])[] = []
  /** By the package's number; a changed package gets a new number. */
  #packages: (Indexed | undefined)[] = []
  readonly #numbers = new Map<string, number>()
  readonly #scopes = new Map<string, string>()
  #order = new Uint32Array(0)
  /** Numbers below this are in `#order`. */
  #ordered = 0
  #hasLeft = false
  readonly #leftAtMost: number

  /** @param leftAtMost packages that have changed or gone leave their numbers behind; so many are not worth the work of making new ones */
  constructor(leftAtMost = 1000) {
    this.#leftAtMost = leftAtMost
  }

  get size(): number {
    return this.#numbers.size
  }

  /** @returns whether a search could tell the difference */
  put({ name, text, public: isPublic, type, item }: Text): boolean {
    const fingerprint = Number.parseInt(hash('sha256', text).slice(0, 13), 16)
    const number = this.#numbers.get(name)
    const known = number === undefined ? undefined : this.#packages[number]
    if (number !== undefined && known?.fingerprint === fingerprint) {
      if (known.public === isPublic && known.type === type && known.item === item) return false
      this.#packages[number] = { ...known, public: isPublic, type, item }
      return true
    }
    this.delete(name)
    const next = this.#packages.length
    const nameWord = this.#words.add(fold(name))
    for (const word of [nameWord, ...wordsOf(fold(text)).map((each) => this.#words.add(each))]) this.#note(word, next)
    const scope = this.#shared(name.startsWith('@') ? name.slice(0, name.indexOf('/')) : '')
    this.#packages.push({ name, scope, public: isPublic, type, item, fingerprint, nameWord })
    this.#numbers.set(name, next)
    return true
  }

  /** @returns whether it was there */
  delete(name: string): boolean {
    const number = this.#numbers.get(name)
    if (number === undefined) return false
    this.#packages[number] = undefined
    this.#numbers.delete(name)
    this.#hasLeft = true
    return true
  }

  /** All packages that have every word of `text` as a part of one of theirs, and that are wanted. */
  find(text: string, isWanted: (each: Indexed) => boolean): Ranks {
    // The longest is the rarest, as a rule: what nobody has ends the search.
    const words = [...new Set(wordsOf(fold(text)).slice(0, wordsAtMost))].toSorted((a, b) => b.length - a.length)
    const packages = this.#inOrder()
    // A name has no white space: only a single word can be in one.
    const holds = words.length === 1 ? new Uint8Array(this.#words.size).fill(3) : undefined
    const ranks: [Indexed[], Indexed[], Indexed[], Indexed[]] = [[], [], [], []]
    let matching: Uint32Array | undefined
    for (const word of words) {
      const having = this.#having(word, holds)
      if (!having) return ranks
      matching = matching ? matching.map((bits, index) => bits & (having[index] ?? 0)) : having
    }
    for (const number of packages) {
      if (matching && (((matching[number >>> 5] ?? 0) >>> (number & 31)) & 1) === 0) continue
      const each = this.#packages[number]
      if (each && isWanted(each)) ranks[(holds?.[each.nameWord] ?? 3) as Holds].push(each)
    }
    return ranks
  }

  /** Every package in the order of names. */
  *all(): Generator<Indexed> {
    for (const number of this.#inOrder()) {
      const each = this.#packages[number]
      if (each) yield each
    }
  }

  /** One bit a package, or nothing when no word holds this one. @param holds takes how each word does, by its number */
  #having(word: string, holds: Uint8Array | undefined): Uint32Array | undefined {
    const bits = new Uint32Array(Math.ceil(this.#packages.length / 32))
    const set = (number: number) => {
      bits[number >>> 5] = (bits[number >>> 5] ?? 0) | (1 << (number & 31))
    }
    let isFound = false
    this.#words.find(word, (found, how) => {
      isFound = true
      if (holds) holds[found] = how
      const packages = this.#packagesOf[found]
      if (typeof packages === 'number') set(packages)
      else if (packages) for (let index = 0; index < packages.length; index += 1) set(packages[index] ?? 0)
    })
    return isFound ? bits : undefined
  }

  #note(word: number, number: number): void {
    const packages = this.#packagesOf[word]
    if (packages === undefined) this.#packagesOf[word] = number
    else if (typeof packages === 'number') {
      if (packages !== number) this.#packagesOf[word] = [packages, number]
    } else if (packages.at(-1) !== number) packages.push(number)
  }

  #shared(scope: string): string {
    const known = this.#scopes.get(scope)
    if (known === undefined) this.#scopes.set(scope, scope)
    return known ?? scope
  }

  #inOrder(): Uint32Array {
    const left = this.#packages.length - this.#numbers.size
    if (left > this.#leftAtMost && left > this.#numbers.size) this.#renumber()
    if (this.#ordered === this.#packages.length && !this.#hasLeft) return this.#order
    const nameOf = (number: number) => this.#packages[number]?.name ?? ''
    const added: number[] = []
    for (let number = this.#ordered; number < this.#packages.length; number += 1) {
      if (this.#packages[number]) added.push(number)
    }
    added.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    const merged = new Uint32Array(this.#numbers.size)
    let next = 0
    let length = 0
    for (const number of this.#order) {
      if (!this.#packages[number]) continue
      for (; next < added.length && nameOf(added[next] ?? 0) < nameOf(number); next += 1) {
        merged[length++] = added[next] ?? 0
      }
      merged[length++] = number
    }
    merged.set(added.slice(next), length)
    this.#order = merged
    this.#ordered = this.#packages.length
    this.#hasLeft = false
    return merged
  }

  /** Numbers without gaps, in the same order, and without the words that nobody has any more. */
  #renumber(): void {
    const renumbered = new Uint32Array(this.#packages.length)
    const packages: Indexed[] = []
    const wordOf = (number: number) => this.#words.word(number)
    const words = new Vocabulary()
    const packagesOf: (number | number[])[] = []
    for (const [number, each] of this.#packages.entries()) {
      if (!each) continue
      renumbered[number] = packages.length
      this.#numbers.set(each.name, packages.length)
      packages.push(each)
    }
    const newWords = new Uint32Array(this.#words.size)
    for (const [word, having] of this.#packagesOf.entries()) {
      const kept = [having].flat().filter((number) => this.#packages[number])
      const [first, ...others] = kept.map((number) => renumbered[number] ?? 0)
      if (first === undefined) continue
      newWords[word] = words.add(wordOf(word))
      packagesOf.push(others.length === 0 ? first : [first, ...others])
    }
    this.#packages = packages.map((each) => ({ ...each, nameWord: newWords[each.nameWord] ?? 0 }))
    this.#words = words
    this.#packagesOf = packagesOf
    this.#order = new Uint32Array(0)
    this.#ordered = 0
    this.#hasLeft = true
  }
}
