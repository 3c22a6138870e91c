import { expect, it } from 'vitest'
import { expandMatrix } from '../../src/workflow/matrix.ts'

it.each([
  [
    'lists',
    { a: [1, 2], b: ['x'] },
    [
      { a: 1, b: 'x' },
      { a: 2, b: 'x' },
    ],
  ],
  ['exclude', { a: [1, 2], exclude: [{ a: 1 }] }, [{ a: 2 }]],
  ['include alone', { include: [{ a: 1 }, { a: 2 }] }, [{ a: 1 }, { a: 2 }]],
  ['an include that extends', { a: [1, 2], include: [{ a: 1, c: 3 }] }, [{ a: 1, c: 3 }, { a: 2 }]],
  ['an include that adds', { a: [1], include: [{ a: 3 }, { a: 3, c: 1 }] }, [{ a: 1 }, { a: 3 }, { a: 3, c: 1 }]],
])('expands %s', (_, matrix, expected) => {
  expect(expandMatrix(matrix)).toEqual(expected)
})

it.each([
  ['an empty list', { a: [] }, "Matrix vector 'a' does not contain any values"],
  ['no list at all', {}, 'must define at least one vector'],
  ['all excluded', { a: [1], exclude: [{ a: 1 }] }, 'must define at least one vector'],
  ['no list', { a: 'x' }, 'matrix.a: expected a list'],
  ['no mapping', ['a'], 'expected a mapping'],
  ['too many jobs', { a: Array.from({ length: 257 }, (_, index) => index) }, 'at most'],
])('fails for %s', (_, matrix, message) => {
  expect(() => expandMatrix(matrix)).toThrow(message)
})
