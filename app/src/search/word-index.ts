import { Lexicon } from './lexicon.ts'
import type { RankedBits } from './lexicon.ts'
import { fold, piecesOf, wordsOf } from './vocabulary.ts'

/**
 * Which packages have which words. Words are kept in pieces that end after `-`, `/`, `.` or `_`: `component-` of a hundred thousand
 * names is one piece, and its packages are one set. What is looked for lies in one piece, unless it goes on after such a sign:
 * then it is looked for among the words that have several, whole.
 */
export class WordIndex {
  #pieces = new Lexicon()
  #compounds = new Lexicon()

  /** @param number of the package, above all that were noted before */
  note(name: string, text: string, number: number): void {
    this.#noteName(fold(name), number)
    for (const word of wordsOf(fold(text))) {
      const pieces = piecesOf(word)
      for (const piece of pieces) this.#pieces.note(piece, 3, number)
      if (pieces.length > 1) this.#compounds.note(word, 3, number)
    }
  }

  /** Adds the packages that have `part`, a part of a folded word, in one of theirs. */
  addTo(ranks: RankedBits, part: string): void {
    const words = piecesOf(part).length > 1 ? this.#compounds : this.#pieces
    words.addTo(ranks, part)
  }

  /** @param newNumber in the same order; nothing for a package that has gone */
  renumber(newNumber: (number: number) => number | undefined): void {
    this.#pieces = this.#pieces.renumbered(newNumber)
    this.#compounds = this.#compounds.renumbered(newNumber)
  }

  #noteName(name: string, number: number): void {
    const pieces = piecesOf(name)
    if (pieces.length > 1) this.#compounds.note(name, 0, number)
    const own = name.startsWith('@') ? name.indexOf('/') + 1 : 0
    let at = 0
    for (const piece of pieces) {
      const isFirst = at === 0 || at === own
      const isWhole = isFirst && at + piece.length === name.length
      this.#pieces.note(piece, isWhole ? 0 : isFirst ? 1 : 2, number)
      at += piece.length
    }
  }
}
