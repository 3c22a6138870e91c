import { describe, expect, it } from 'vitest'

import { evaluate, type Value } from '../../src/cloudwatch/expression.ts'

const times = [0, 60, 120]
const values = new Map<string, Value>([
  ['errors', new Map([[60, 2]])],
  [
    'requests',
    new Map([
      [0, 100],
      [60, 50],
    ]),
  ],
  ['none', new Map()],
])

describe('evaluate', () => {
  it.each<[string, Value]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * -3', -9],
    ['errors / requests * 100', new Map([[60, 4]])],
    [
      'FILL(errors, 0) / requests',
      new Map([
        [0, 0],
        [60, 0.04],
      ]),
    ],
    [
      'FILL(requests, REPEAT)',
      new Map([
        [0, 100],
        [60, 50],
        [120, 50],
      ]),
    ],
    [
      'IF(requests > 60, 1, 0)',
      new Map([
        [0, 1],
        [60, 0],
      ]),
    ],
    [
      'SUM(requests, FILL(errors, 0))',
      new Map([
        [0, 100],
        [60, 52],
      ]),
    ],
    [
      'MAX(requests, 70) - MIN(requests, 70)',
      new Map([
        [0, 30],
        [60, 20],
      ]),
    ],
    ['requests / 0', new Map()],
    ['none + 1', new Map()],
    [
      'requests >= 100',
      new Map([
        [0, 1],
        [60, 0],
      ]),
    ],
  ])('%s', (expression, result) => {
    expect(evaluate(expression, values, times)).toEqual(result)
  })

  it.each(['errors +', 'unknown', 'SEARCH(errors)', '(1', '1 2', 'errors ; 1'])('refuses %j by name', (expression) => {
    expect(() => evaluate(expression, values, times)).toThrow('Error in expression')
  })
})
