import { hash } from 'node:crypto'
import { countBits, hasBit, keepCommon, takeAway } from './bits.ts'
import type { Bits } from './bits.ts'
import type { RankedBits } from './lexicon.ts'
import { NameOrder } from './name-order.ts'
import { PackageFilter } from './package-filter.ts'
import type { Filter, Indexed } from './package-filter.ts'
import { fold, wordsOf } from './vocabulary.ts'
import { WordIndex } from './word-index.ts'

/** One package as it is put in. */
export interface Text {
  readonly name: string
  /** What is searched beside the name. */
  readonly text: string
  readonly public: boolean
  readonly type: string | null
  readonly item: string | null
}

/** What is found: the very name, names that begin so, names that hold it, the rest; none is in two of them. */
export interface Ranks {
  readonly ranks: readonly { readonly packages: Bits; readonly count: number }[]
  readonly total: number
}

/** More searched words than this are not looked at. */
const wordsAtMost = 10
/** Words whose packages are remembered until something changes: twelve kilobytes each among a hundred thousand. */
const recentWords = 64

/**
 * The words of all packages, and for each word the packages that have it. A search looks for its words among the different words
 * and unites their packages, so any part of a word is found and the total is exact, without a look at any text.
 */
export class TextIndex {
  readonly #words = new WordIndex()
  /** By the package's number; a changed package gets a new number. */
  #packages: (Indexed | undefined)[] = []
  readonly #filter = new PackageFilter((number) => this.#packages[number])
  readonly #numbers = new Map<string, number>()
  readonly #recent = new Map<string, Bits>()
  readonly #scopes = new Map<string, string>()
  #order = new NameOrder((number) => this.#packages[number]?.name ?? '')
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
      this.#keep(number, { ...known, public: isPublic, type, item })
      return true
    }
    this.delete(name)
    const left = this.#packages.length - this.#numbers.size
    if (left > this.#leftAtMost && left > this.#numbers.size) this.#renumber()
    const next = this.#packages.length
    this.#words.note(name, text, next)
    const scope = this.#shared(name.startsWith('@') ? name.slice(0, name.indexOf('/')) : '')
    this.#enter(next, { name, scope, public: isPublic, type, item, fingerprint })
    return true
  }

  /** @returns whether it was there */
  delete(name: string): boolean {
    const number = this.#numbers.get(name)
    if (number === undefined) return false
    this.#packages[number] = undefined
    this.#filter.delete(number)
    this.#numbers.delete(name)
    this.#order.leave()
    this.#recent.clear()
    return true
  }

  /** All packages that have every word of `text` as a part of one of theirs. */
  find(text: string, filter: Filter): Ranks {
    // The longest is the rarest, as a rule: what nobody has ends the search.
    const words = [...new Set(wordsOf(fold(text)).slice(0, wordsAtMost))].toSorted((a, b) => b.length - a.length)
    const found = this.#filter.readable(filter)
    // A name has no white space: only a single word can be in one.
    const [only] = words
    const ranks = words.length === 1 && only !== undefined ? this.#rankedHaving(only) : []
    if (ranks.length === 0) for (const word of words) keepCommon(found, this.#recentlyHaving(word))
    if (filter.isWanted) this.#filter.leaveOut(found, filter.isWanted)
    for (const packages of ranks) {
      keepCommon(packages, found)
      takeAway(found, packages)
    }
    const counted = (ranks.length === 0 ? [found] : ranks).map((packages) => ({ packages, count: countBits(packages) }))
    return { ranks: counted, total: counted.reduce((sum, { count }) => sum + count, 0) }
  }

  /** A part of what was found: by rank, then by name. Numbers last only until something is put in. */
  page({ ranks }: Ranks, from: number, size: number): { readonly name: string; readonly rank: number }[] {
    const order = this.#order.numbers((number) => this.#filter.has(number))
    const names: { name: string; rank: number }[] = []
    let skip = from
    for (const [index, { packages, count }] of ranks.entries()) {
      let left = count > skip ? Math.min(count, skip + size - names.length) : 0
      for (let at = 0; at < order.length && left > 0; at += 1) {
        const number = order[at] ?? 0
        if (!hasBit(packages, number)) continue
        left -= 1
        if (skip > 0) skip -= 1
        else names.push({ name: this.#packages[number]?.name ?? '', rank: index + 4 - ranks.length })
      }
      if (count <= skip) skip -= count
    }
    return names
  }

  /** Every package in the order of names. */
  *all(): Generator<Indexed> {
    for (const number of this.#order.numbers((number) => this.#filter.has(number))) {
      const each = this.#packages[number]
      if (each) yield each
    }
  }

  #enter(number: number, each: Indexed): void {
    this.#numbers.set(each.name, number)
    this.#order.add(number)
    this.#keep(number, each)
  }

  #keep(number: number, each: Indexed): void {
    this.#packages[number] = each
    this.#recent.clear()
    this.#filter.put(number, each)
  }

  /** Of several words, somebody who types changes the last alone. */
  #recentlyHaving(word: string): Bits {
    const bits = this.#recent.get(word) ?? this.#having(word)
    if (this.#recent.size >= recentWords) this.#recent.clear()
    this.#recent.set(word, bits)
    return bits
  }

  #having(word: string): Bits {
    const bits = this.#filter.none()
    this.#words.addTo([bits, bits, bits, bits], word)
    return bits
  }

  #rankedHaving(word: string): RankedBits {
    const ranks: RankedBits = [this.#filter.none(), this.#filter.none(), this.#filter.none(), this.#filter.none()]
    this.#words.addTo(ranks, word)
    return ranks
  }

  #shared(scope: string): string {
    const known = this.#scopes.get(scope)
    if (known === undefined) this.#scopes.set(scope, scope)
    return known ?? scope
  }

  /** Numbers without gaps, in the same order, and without the words that nobody has any more. */
  #renumber(): void {
    const packages = this.#packages
    const newNumbers = new Uint32Array(packages.length)
    this.#packages = []
    this.#order = new NameOrder((number) => this.#packages[number]?.name ?? '')
    this.#filter.clear()
    for (const [number, each] of packages.entries()) {
      if (!each) continue
      newNumbers[number] = this.#packages.length
      this.#enter(this.#packages.length, each)
    }
    this.#words.renumber((number) => (packages[number] ? newNumbers[number] : undefined))
  }
}
