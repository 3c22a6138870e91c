import { AwsError } from '../endpoint/service.ts'
import type { Points } from './read-points.ts'

/** What an expression works on and yields: a number, or values by time. */
export type Value = number | Points

/**
 * Evaluates metric math: numbers, ids, `+ - * /`, comparisons (1 or 0), parentheses, and the functions SUM, AVG, MIN, MAX
 * (over their arguments, time by time), ABS, CEIL, FLOOR, IF and FILL. A time counts where all operands have it.
 * @throws AwsError ValidationError that names what is not understood.
 */
export function evaluate(expression: string, values: ReadonlyMap<string, Value>, times: readonly number[]): Value {
  const tokens = expression.match(/\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|<=|>=|==|!=|[-+*/()<>,]|\S/g) ?? []
  let at = 0
  const fail = (found: string | undefined): AwsError =>
    new AwsError(
      'ValidationError',
      `Error in expression '${expression}': ${found === undefined ? 'it ends too early' : `'${found}' is not understood here`}`,
    )
  const expect = (token: string) => {
    if (tokens[at] !== token) throw fail(tokens[at])
    at += 1
  }

  const comparison = (): Value => {
    let left = sum()
    for (let sign = tokens[at]; sign !== undefined && sign in comparisons; sign = tokens[at]) {
      at += 1
      left = combine([left, sum()], comparisons[sign] ?? never)
    }
    return left
  }
  const sum = (): Value => {
    let left = product()
    for (let sign = tokens[at]; sign === '+' || sign === '-'; sign = tokens[at]) {
      at += 1
      const direction = sign === '+' ? 1 : -1
      left = combine([left, product()], (one, other) => one + direction * other)
    }
    return left
  }
  const product = (): Value => {
    let left = unary()
    for (let sign = tokens[at]; sign === '*' || sign === '/'; sign = tokens[at]) {
      at += 1
      const isTimes = sign === '*'
      left = combine([left, unary()], (one, other) => (isTimes ? one * other : one / other))
    }
    return left
  }
  const unary = (): Value => {
    if (tokens[at] !== '-') return atom()
    at += 1
    return combine([unary()], (value) => -value)
  }
  const atom = (): Value => {
    const token = tokens[at]
    at += 1
    if (token === undefined) throw fail(undefined)
    if (token === '(') {
      const inside = comparison()
      expect(')')
      return inside
    }
    if (/^\d/.test(token)) return Number(token)
    if (tokens[at] === '(' && /^[A-Z]/.test(token)) {
      at += 1
      return call(token, list())
    }
    const value = values.get(token)
    if (value === undefined) throw fail(token)
    return value
  }
  const list = (): Value[] => {
    const found: Value[] = []
    while (tokens[at] !== ')') {
      // FILL's second argument may be a word.
      if (tokens[at] === 'REPEAT') {
        at += 1
        found.push(NaN)
      } else found.push(comparison())
      if (tokens[at] === ',') at += 1
      else if (tokens[at] !== ')') throw fail(tokens[at])
    }
    at += 1
    return found
  }
  const call = (name: string, given: readonly Value[]): Value => {
    if (name === 'FILL') return fill(given[0] ?? NaN, given[1] ?? 0, times)
    const operation = functions[name]
    if (!operation) throw fail(name)
    return combine(given, operation)
  }

  const result = comparison()
  if (at < tokens.length) throw fail(tokens[at])
  return result
}

type Operation = (...values: number[]) => number

const never: Operation = () => NaN

const comparisons: Readonly<Record<string, Operation>> = {
  '>': (one = NaN, other = NaN) => Number(one > other),
  '>=': (one = NaN, other = NaN) => Number(one >= other),
  '<': (one = NaN, other = NaN) => Number(one < other),
  '<=': (one = NaN, other = NaN) => Number(one <= other),
  '==': (one, other) => Number(one === other),
  '!=': (one, other) => Number(one !== other),
}

const functions: Readonly<Record<string, Operation>> = {
  SUM: (...values) => values.reduce((total, value) => total + value, 0),
  AVG: (...values) => values.reduce((total, value) => total + value, 0) / values.length,
  MIN: (...values) => Math.min(...values),
  MAX: (...values) => Math.max(...values),
  ABS: (value = NaN) => Math.abs(value),
  CEIL: (value = NaN) => Math.ceil(value),
  FLOOR: (value = NaN) => Math.floor(value),
  IF: (condition, then = NaN, otherwise = NaN) => (condition ? then : otherwise),
}

/** Time by time; a result that is no number (a division by zero) is no point. */
function combine(values: readonly Value[], operation: (...values: never[]) => number): Value {
  const apply = operation as Operation
  const series = values.filter((value) => typeof value !== 'number')
  const [first] = series
  if (!first) return apply(...values.filter((value) => typeof value === 'number'))
  const points: Array<readonly [number, number]> = []
  for (const time of first.keys()) {
    const row = values.map((value) => (typeof value === 'number' ? value : (value.get(time) ?? NaN)))
    const isComplete = series.every((points) => points.has(time))
    const result = isComplete ? apply(...row) : NaN
    if (Number.isFinite(result)) points.push([time, result])
  }
  return new Map(points)
}

/** Fills the gaps of a series with a number, another series, or (NaN) its last value. */
function fill(value: Value, filler: Value, times: readonly number[]): Value {
  if (typeof value === 'number') return value
  const filled = new Map<number, number>()
  let last: number | undefined
  for (const time of times) {
    const repeated = typeof filler === 'number' && Number.isNaN(filler)
    const instead = repeated ? last : typeof filler === 'number' ? filler : filler.get(time)
    const found = value.get(time) ?? instead
    if (found !== undefined) filled.set(time, found)
    last = found
  }
  return filled
}
