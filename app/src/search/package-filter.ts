import { bitsFor, clearBit, eachBit, hasBit, keepCommon, setBit, takeAway, withRoomFor } from './bits.ts'
import type { Bits } from './bits.ts'

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

/** What a search leaves out. */
export interface Filter {
  /** Of those that are not public; public ones may be read by all. Nothing for none of them. */
  readonly mayRead?: ((each: Indexed) => boolean) | undefined
  readonly componentsOnly?: boolean | undefined
  /** Asked last, of each that is left. */
  readonly isWanted?: ((each: Indexed) => boolean) | undefined
}

/** Which packages there are, by their numbers, and which of them a search may find. */
export class PackageFilter {
  readonly #packageOf: (number: number) => Indexed | undefined
  #present: Bits = bitsFor(0)
  #public: Bits = bitsFor(0)
  #components: Bits = bitsFor(0)

  constructor(packageOf: (number: number) => Indexed | undefined) {
    this.#packageOf = packageOf
  }

  has(number: number): boolean {
    return hasBit(this.#present, number)
  }

  /** A set of no packages with room for all. */
  none(): Bits {
    return new Uint32Array(this.#present.length)
  }

  put(number: number, each: Indexed): void {
    this.#present = withRoomFor(this.#present, number)
    this.#public = withRoomFor(this.#public, number)
    this.#components = withRoomFor(this.#components, number)
    setBit(this.#present, number)
    const change = (isSet: boolean) => (isSet ? setBit : clearBit)
    change(each.public)(this.#public, number)
    change(each.item !== null)(this.#components, number)
  }

  delete(number: number): void {
    for (const bits of [this.#present, this.#public, this.#components]) clearBit(bits, number)
  }

  clear(): void {
    for (const bits of [this.#present, this.#public, this.#components]) bits.fill(0)
  }

  readable({ mayRead, componentsOnly = false }: Filter): Bits {
    const found = this.#public.slice()
    if (mayRead) this.#addRestricted(found, mayRead)
    if (componentsOnly) keepCommon(found, this.#components)
    return found
  }

  leaveOut(bits: Bits, isWanted: (each: Indexed) => boolean): void {
    eachBit(bits, (number) => {
      const each = this.#packageOf(number)
      if (!each || !isWanted(each)) clearBit(bits, number)
    })
  }

  #addRestricted(bits: Bits, mayRead: (each: Indexed) => boolean): void {
    const restricted = this.#present.slice()
    takeAway(restricted, this.#public)
    eachBit(restricted, (number) => {
      const each = this.#packageOf(number)
      if (each && mayRead(each)) setBit(bits, number)
    })
  }
}
