import { hash } from 'node:crypto'
import { bitsFor, clearBit, countBits, eachBit, hasBit, keepCommon, setBit, takeAway, withRoomFor } from './bits.ts'
import type { Bits } from './bits.ts'
import { NameOrder } from './name-order.ts'
import { fold, Vocabulary, wordsOf } from './vocabulary.ts'

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
}

/** What is found: the very name, names that begin so, names that hold it, the rest; none is in two of them. */
export interface Ranks {
  readonly ranks: readonly { readonly packages: Bits; readonly count: number }[]
  readonly total: number
}

/** What a search leaves out. */
export interface Filter {
  /** Of those that are not public; public ones may be read by all. Nothing for none of them. */
  readonly mayRead?: ((each: Indexed) => boolean) | undefined
  readonly componentsOnly?: boolean | undefined
  /** Asked last, of each that is left. */
  readonly isWanted?: ((each: Indexed) => boolean) | undefined
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
  #words = new Vocabulary()
  /** By the word's number: the packages' numbers, ascending. Most words have one, which needs no list. */
  #packagesOf: (number | number[])[] = []
  /** By the package's number; a changed package gets a new number. */
  #packages: (Indexed | undefined)[] = []
  /** By the package's number: the number of its name among the words. */
  #nameWords: number[] = []
  #present: Bits = bitsFor(0)
  #public: Bits = bitsFor(0)
  #components: Bits = bitsFor(0)
  readonly #numbers = new Map<string, number>()
  readonly #recent = new Map<string, Bits>()
  readonly #scopes = new Map<string, string>()
  #order = new NameOrder((number) => this.#packages[number]?.name ?? '')
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
      this.#keep(number, { ...known, public: isPublic, type, item })
      return true
    }
    this.delete(name)
    const left = this.#packages.length - this.#numbers.size
    if (left > this.#leftAtMost && left > this.#numbers.size) this.#renumber()
    const next = this.#packages.length
    const nameWord = this.#words.add(fold(name))
    for (const word of [nameWord, ...wordsOf(fold(text)).map((each) => this.#words.add(each))]) this.#note(word, next)
    const scope = this.#shared(name.startsWith('@') ? name.slice(0, name.indexOf('/')) : '')
    this.#nameWords.push(nameWord)
    this.#numbers.set(name, next)
    this.#keep(next, { name, scope, public: isPublic, type, item, fingerprint })
    return true
  }

  /** @returns whether it was there */
  delete(name: string): boolean {
    const number = this.#numbers.get(name)
    if (number === undefined) return false
    this.#packages[number] = undefined
    for (const bits of [this.#present, this.#public, this.#components]) clearBit(bits, number)
    this.#numbers.delete(name)
    this.#hasLeft = true
    this.#recent.clear()
    return true
  }

  /** All packages that have every word of `text` as a part of one of theirs. */
  find(text: string, { mayRead, componentsOnly = false, isWanted }: Filter): Ranks {
    // The longest is the rarest, as a rule: what nobody has ends the search.
    const words = [...new Set(wordsOf(fold(text)).slice(0, wordsAtMost))].toSorted((a, b) => b.length - a.length)
    // A name has no white space: only a single word can be in one.
    const named = words.length === 1 ? Array.from({ length: 3 }, () => this.#none()) : []
    const found = this.#public.slice()
    if (mayRead) this.#add(found, mayRead)
    if (componentsOnly) keepCommon(found, this.#components)
    for (const word of words)
      keepCommon(found, named.length > 0 ? this.#having(word, named) : this.#recentlyHaving(word))
    if (isWanted) this.#leaveOut(found, isWanted)
    const ranks = named.map((packages) => {
      keepCommon(packages, found)
      takeAway(found, packages)
      return { packages, count: countBits(packages) }
    })
    ranks.push({ packages: found, count: countBits(found) })
    return { ranks, total: ranks.reduce((sum, { count }) => sum + count, 0) }
  }

  /** A part of what was found: by rank, then by name. Numbers last only until something is put in. */
  page({ ranks }: Ranks, from: number, size: number): { readonly name: string; readonly rank: number }[] {
    const order = this.#inOrder()
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
    for (const number of this.#inOrder()) {
      const each = this.#packages[number]
      if (each) yield each
    }
  }

  #none(): Bits {
    return new Uint32Array(this.#public.length)
  }

  #keep(number: number, each: Indexed): void {
    this.#packages[number] = each
    this.#recent.clear()
    this.#present = withRoomFor(this.#present, number)
    this.#public = withRoomFor(this.#public, number)
    this.#components = withRoomFor(this.#components, number)
    setBit(this.#present, number)
    const change = (isSet: boolean) => (isSet ? setBit : clearBit)
    change(each.public)(this.#public, number)
    change(each.item !== null)(this.#components, number)
  }

  /** Of several words, somebody who types changes the last alone. */
  #recentlyHaving(word: string): Bits {
    const bits = this.#recent.get(word) ?? this.#having(word, [])
    if (this.#recent.size >= recentWords) this.#recent.clear()
    this.#recent.set(word, bits)
    return bits
  }

  /** @param named takes the packages that have the word in their name, by how they do */
  #having(word: string, named: readonly Bits[]): Bits {
    const bits = this.#none()
    this.#words.find(word, (found, holds) => {
      const inName = named[holds]
      const packages = this.#packagesOf[found] ?? []
      if (typeof packages === 'number') {
        setBit(bits, packages)
        if (inName && this.#nameWords[packages] === found) setBit(inName, packages)
        return
      }
      for (let index = 0; index < packages.length; index += 1) {
        const number = packages[index] ?? 0
        setBit(bits, number)
        if (inName && this.#nameWords[number] === found) setBit(inName, number)
      }
    })
    return bits
  }

  #add(bits: Bits, mayRead: (each: Indexed) => boolean): void {
    const restricted = this.#present.slice()
    takeAway(restricted, this.#public)
    eachBit(restricted, (number) => {
      const each = this.#packages[number]
      if (each && mayRead(each)) setBit(bits, number)
    })
  }

  #leaveOut(bits: Bits, isWanted: (each: Indexed) => boolean): void {
    eachBit(bits, (number) => {
      const each = this.#packages[number]
      if (!each || !isWanted(each)) clearBit(bits, number)
    })
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
    if (this.#hasLeft) this.#order.leaveOut((number) => !hasBit(this.#present, number))
    this.#hasLeft = false
    const added: number[] = []
    for (; this.#ordered < this.#packages.length; this.#ordered += 1) {
      if (this.#packages[this.#ordered]) added.push(this.#ordered)
    }
    if (added.length > 0) this.#order.add(added)
    return this.#order.numbers
  }

  /** Numbers without gaps, in the same order, and without the words that nobody has any more. */
  #renumber(): void {
    const packages = this.#packages
    const nameWords = this.#nameWords
    const words = new Vocabulary()
    const newWords = new Uint32Array(this.#words.size)
    const newNumbers = new Uint32Array(packages.length)
    this.#packages = []
    this.#nameWords = []
    for (const bits of [this.#present, this.#public, this.#components]) bits.fill(0)
    for (const [number, each] of packages.entries()) {
      if (!each) continue
      newNumbers[number] = this.#packages.length
      this.#numbers.set(each.name, this.#packages.length)
      this.#keep(this.#packages.length, each)
    }
    const packagesOf: (number | number[])[] = []
    for (const [word, having] of this.#packagesOf.entries()) {
      const kept = [having].flat().filter((number) => packages[number])
      const [first, ...others] = kept.map((number) => newNumbers[number] ?? 0)
      if (first === undefined) continue
      newWords[word] = words.add(this.#words.word(word))
      packagesOf.push(others.length === 0 ? first : [first, ...others])
    }
    for (const [number, each] of packages.entries()) {
      if (each) this.#nameWords.push(newWords[nameWords[number] ?? 0] ?? 0)
    }
    this.#words = words
    this.#packagesOf = packagesOf
    this.#order = new NameOrder((number) => this.#packages[number]?.name ?? '')
    this.#ordered = 0
  }
}
