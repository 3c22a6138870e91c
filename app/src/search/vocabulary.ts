import { randomInt } from 'node:crypto'

/**
 * What is searched and what is searched for are folded alike: compatibility forms (wide letters, ligatures) and case are one. A
 * sigma at a word's end is a sigma, so that a word is still found by its beginning.
 */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll('ς', 'σ')
}

/** The words of a folded text: what stands between white space. */
export const wordsOf = (folded: string): string[] => folded.split(/\s+/).filter(Boolean)

/** A word in pieces: each ends after a sign that parts names. */
export const piecesOf = (word: string): string[] =>
  /[-/._]./.test(word) ? (word.match(/[^-/._]*[-/._]|[^-/._]+/g) ?? []) : [word]

/** How a word holds what is looked for: 0 is it, 1 begins with it (a name also after its scope), 2 holds it elsewhere. */
export type Holds = 0 | 1 | 2

/** Words one after the other, a line feed before and after each: a word never holds one. */
interface Block {
  readonly text: string
  /** Where each word begins, and where one more would. */
  readonly starts: Uint32Array
}

const blockWords = 4096

/**
 * Different words, numbered from 0 as they come. They lie in few long strings, so that finding all that hold some letters is
 * a search at the speed of memory, and a word that many texts share is looked at once.
 */
export class Vocabulary {
  readonly #blocks: Block[] = []
  #open: string[] = []
  #openBlock: Block | undefined
  /** Open addressing: a word's number plus one; 0 is free. */
  #slots = new Uint32Array(1024)
  #hashes = new Uint32Array(512)
  #size = 0
  /** Nobody can publish words that all fall into one slot. */
  readonly #seed = randomInt(2 ** 32)

  get size(): number {
    return this.#size
  }

  /** The word's number; a new one for a word that is not known. */
  add(word: string): number {
    const hash = this.#hash(word)
    const mask = this.#slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const found = this.#slots[slot] ?? 0
      if (found === 0) return this.#append(word, hash, slot)
      if (this.#hashes[found - 1] === hash && this.word(found - 1) === word) return found - 1
    }
  }

  /** @throws RangeError for a number that no word has */
  word(number: number): string {
    const block = this.#blocks[Math.floor(number / blockWords)]
    const index = number % blockWords
    const word = block ? block.text.slice(block.starts[index], (block.starts[index + 1] ?? 0) - 1) : this.#open[index]
    if (word === undefined) throw new RangeError(`expected a word's number below ${this.#size}, found ${number}`)
    return word
  }

  /** Visits every word that holds `part`, which is no white space, in the order of their numbers. */
  find(part: string, visit: (number: number, holds: Holds) => void): void {
    for (const [index, block] of this.#blocks.entries()) findIn(block, index * blockWords, part, visit)
    this.#openBlock ??= blockOf(this.#open)
    findIn(this.#openBlock, this.#blocks.length * blockWords, part, visit)
  }

  #append(word: string, hash: number, slot: number): number {
    const number = this.#size
    this.#size += 1
    this.#open.push(word)
    this.#openBlock = undefined
    if (this.#open.length === blockWords) {
      this.#blocks.push(blockOf(this.#open))
      this.#open = []
    }
    this.#slots[slot] = number + 1
    this.#hashes[number] = hash
    if (this.#size === this.#hashes.length) this.#grow()
    return number
  }

  #grow(): void {
    const hashes = new Uint32Array(this.#hashes.length * 2)
    hashes.set(this.#hashes)
    const slots = new Uint32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (let number = 0; number < this.#size; number += 1) {
      let slot = (hashes[number] ?? 0) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = number + 1
    }
    this.#hashes = hashes
    this.#slots = slots
  }

  /** FNV-1a over UTF-16 units. */
  #hash(word: string): number {
    let hash = this.#seed
    for (let index = 0; index < word.length; index += 1) hash = Math.imul(hash ^ word.charCodeAt(index), 0x01000193)
    return (hash ^ (hash >>> 15)) >>> 0
  }
}

function blockOf(words: readonly string[]): Block {
  const starts = new Uint32Array(words.length + 1)
  let at = 1
  for (const [index, word] of words.entries()) {
    starts[index] = at
    at += word.length + 1
  }
  starts[words.length] = at
  return { text: ['', ...words, ''].join('\n'), starts }
}

function findIn(
  { text, starts }: Block,
  first: number,
  part: string,
  visit: (number: number, holds: Holds) => void,
): void {
  const afterScope = `/${part}`
  let word = 0
  let slash = -1
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, starts[word])) {
    while ((starts[word + 1] ?? Infinity) <= at) word += 1
    const end = (starts[word + 1] ?? 0) - 1
    let begins = at
    if (at !== starts[word]) {
      if (slash < at - 1) {
        const next = text.indexOf(afterScope, at - 1)
        slash = next === -1 ? Infinity : next
      }
      begins = slash < end ? slash + 1 : -1
    }
    visit(first + word, begins === -1 ? 2 : begins + part.length === end ? 0 : 1)
    word += 1
    if (word >= starts.length - 1) return
  }
}
