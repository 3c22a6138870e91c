import { expect, it } from 'vitest'
import { isTriggered, matchesAny } from '../../src/workflow/matches.ts'

it.each([
  [['main'], 'main', true],
  [['release/*'], 'release/1', true],
  [['release/*'], 'release/1/a', false],
  [['release/**'], 'release/1/a', true],
  [['**/a.ts'], 'a.ts', true],
  [['**/a.ts'], 'x/y/a.ts', true],
  [['*.js'], 'x/a.js', false],
  [['**.js'], 'x/a.js', true],
  [['v[12].[0-9]+.[0-9]+'], 'v1.10.1', true],
  [['v[12].[0-9]+.[0-9]+'], 'v3.10.1', false],
  [['*.jsx?'], 'page.js', true],
  [['a.b'], 'axb', false],
  [['docs/**', '!docs/secret/**'], 'docs/secret/a', false],
  [['docs/**', '!docs/secret/**', 'docs/secret/open'], 'docs/secret/open', true],
  [['!docs/**'], 'src/a', false],
])('patterns %j on %s: %s', (patterns, value, expected) => {
  expect(matchesAny(patterns, value)).toBe(expected)
})

it('is started by one file that is not ignored, and by none that are', () => {
  const filter = { 'paths-ignore': ['environments/**'] }
  expect(isTriggered(filter, 'main', ['environments/a', 'src/b'])).toBe(true)
  expect(isTriggered(filter, 'main', ['environments/a', 'environments/b/c'])).toBe(false)
})
