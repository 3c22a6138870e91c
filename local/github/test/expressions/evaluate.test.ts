import { describe, expect, it } from 'vitest'
import { conditionHolds, evaluate, interpolate } from '../../src/expressions/evaluate.ts'

const contexts = {
  github: { ref: 'refs/heads/main', event: { labels: [{ name: 'a' }, { name: 'b' }] } },
  needs: { one: { result: 'success', outputs: { n: '3' } }, two: { result: 'failure', outputs: {} } },
  list: ['x', 'y'],
}

it.each([
  ["'it''s ''quoted'''", "it's 'quoted'"],
  ["'ABC' == 'abc'", true],
  ["'3' == 3", true],
  ["'' == 0", true],
  ['null == 0', true],
  ["'a' < 'B'", true],
  ["needs.one.outputs.n > 2 && 'more'", 'more'],
  ["needs.one.outputs.none || 'default'", 'default'],
  ["contains(needs.*.result, 'failure')", true],
  ["join(github.event.labels.*.name, '+')", 'a+b'],
  ["startsWith(github.ref, 'REFS/heads/')", true],
  ["endsWith(github.ref, 'main')", true],
  ["format('{0} {{1}} {1}', 'a', 'b')", 'a {1} b'],
  ['fromJSON(\'{"a":[1,2]}\').a[1]', 2],
  ["case(false, 'a', true, 'b', 'c')", 'b'],
  ['list[1]', 'y'],
  ['!list[7]', true],
])('evaluates %s', (expression, expected) => {
  expect(evaluate(expression, contexts)).toEqual(expected)
})

it.each([
  ['nothing here', 'nothing here'],
  ["a ${{ '}}' }} b", 'a }} b'],
  ['${{ list }}', ['x', 'y']],
  ['list: ${{ list }}', 'list: Array'],
  ['${{ true }} ${{ null }}${{ 1.5 }}', 'true 1.5'],
  ["${{ 'a' }}${{ 'b' }}", 'ab'],
])('fills in %s', (text, expected) => {
  expect(interpolate(text, contexts)).toEqual(expected)
})

it('names the expression that cannot be evaluated', () => {
  expect(() => evaluate('unknown.context', contexts)).toThrow('${{ unknown.context }}')
})

describe('a condition', () => {
  const ran = { success: true, failure: false, cancelled: false }
  const failed = { success: false, failure: true, cancelled: false }
  const cancelled = { success: false, failure: false, cancelled: true }
  it.each([
    [undefined, ran, true],
    [undefined, failed, false],
    [true, failed, false],
    ['${{ failure() || cancelled() }}', cancelled, true],
    ["always() && needs.two.result == 'failure'", failed, true],
    ["needs.two.result == 'failure'", failed, false],
    ["'always()' != ''", failed, false],
    ['!cancelled()', failed, true],
    ['!cancelled()', cancelled, false],
    ['github.none', ran, false],
  ])('%s at %j: %s', (condition, status, expected) => {
    expect(conditionHolds(condition, contexts, status)).toBe(expected)
  })
})
