import type { Bits } from './bits.ts'
import { Postings } from './postings.ts'
import { Vocabulary } from './vocabulary.ts'

/**
 * What a word is to a package: 0 its name, with or without the scope; 1 what the name begins with, with or without the scope; 2
 * another part of the name; 3 of the text.
 */
export type Role = 0 | 1 | 2 | 3

/** What a package's name is to what is looked for: 0 it, 1 begins with it, 2 holds it, 3 nothing: its text alone holds it. */
export type RankedBits = readonly [Bits, Bits, Bits, Bits]

/** Different words, and which packages have them as what. */
export class Lexicon {
  readonly #words = new Vocabulary()
  readonly #roles: readonly [Postings, Postings, Postings, Postings] = [
    new Postings(),
    new Postings(),
    new Postings(),
    new Postings(),
  ]

  /** @param number of the package, not below any that was noted before */
  note(word: string, role: Role, number: number): void {
    this.#roles[role].note(this.#words.add(word), number)
  }

  /** Adds the packages that have a word that holds `part`. */
  addTo(ranks: RankedBits, part: string): void {
    const [whole, first, inName, inText] = this.#roles
    // A name that begins with a word has a rank as good as that word's, but is not it; inside it has the last.
    this.#words.find(part, (word, holds) => {
      whole.addTo(ranks[holds], word)
      first.addTo(ranks[holds === 2 ? 2 : 1], word)
      inName.addTo(ranks[2], word)
      inText.addTo(ranks[3], word)
    })
  }

  /** The same words without the packages that have gone, and without the words that nobody has any more. */
  renumbered(newNumber: (number: number) => number | undefined): Lexicon {
    const lexicon = new Lexicon()
    for (let word = 0; word < this.#words.size; word += 1) {
      for (const role of [0, 1, 2, 3] as const) {
        for (const number of this.#roles[role].of(word)) {
          const next = newNumber(number)
          if (next !== undefined) lexicon.note(this.#words.word(word), role, next)
        }
      }
    }
    return lexicon
  }
}
