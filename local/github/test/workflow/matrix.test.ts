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
  ['an empty list', { a: [] }, []],
])('expands %s', (_, matrix, expected) => {
  expect(expandMatrix(matrix)).toEqual(expected)
})
