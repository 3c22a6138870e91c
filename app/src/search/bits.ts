/** A set of small whole numbers, one bit each: number `n` is bit `n % 32` of element `n / 32`. */
export type Bits = Uint32Array

export const bitsFor = (numbers: number): Bits => new Uint32Array(Math.ceil(numbers / 32))

export const hasBit = (bits: Bits, number: number): boolean => (((bits[number >>> 5] ?? 0) >>> (number & 31)) & 1) === 1

/** @param number lies within the set's size */
export function setBit(bits: Bits, number: number): void {
  bits[number >>> 5] = (bits[number >>> 5] ?? 0) | (1 << (number & 31))
}

export function clearBit(bits: Bits, number: number): void {
  bits[number >>> 5] = (bits[number >>> 5] ?? 0) & ~(1 << (number & 31))
}

/** The set itself, or a copy that has room for `number`. */
export function withRoomFor(bits: Bits, number: number): Bits {
  if (number < bits.length * 32) return bits
  const larger = bitsFor(Math.max(1024, number * 2))
  larger.set(bits)
  return larger
}

/** Adds `others` to `bits`, which is as large as their highest number needs. */
export function addAll(bits: Bits, others: Bits): void {
  const length = Math.min(bits.length, others.length)
  for (let index = 0; index < length; index += 1) bits[index] = (bits[index] ?? 0) | (others[index] ?? 0)
}

/** Leaves in `bits` what is in both. */
export function keepCommon(bits: Bits, others: Bits): void {
  for (let index = 0; index < bits.length; index += 1) bits[index] = (bits[index] ?? 0) & (others[index] ?? 0)
}

/** Leaves in `bits` what is not in `others`. */
export function takeAway(bits: Bits, others: Bits): void {
  for (let index = 0; index < bits.length; index += 1) bits[index] = (bits[index] ?? 0) & ~(others[index] ?? 0)
}

/** How many are in the set: sums of neighbouring bits, then pairs, then nibbles. */
export function countBits(bits: Bits): number {
  let count = 0
  for (let index = 0; index < bits.length; index += 1) {
    let word = bits[index] ?? 0
    word -= (word >>> 1) & 0x55555555
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333)
    count += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
  }
  return count
}

/** Visits each number in the set, ascending. */
export function eachBit(bits: Bits, visit: (number: number) => void): void {
  for (let index = 0; index < bits.length; index += 1) {
    for (let word = bits[index] ?? 0; word !== 0; word &= word - 1) visit(index * 32 + 31 - Math.clz32(word & -word))
  }
}
