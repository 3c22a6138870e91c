import { expect, it } from 'vitest'
import { coAuthors, isPerson, withLogin } from '../../src/evidence/person.ts'

it('reads co-authors from the trailers of a message', () => {
  const message =
    'feat: x\n\nCo-authored-by: Bob B <12+bob@users.noreply.github.com>\nco-authored-by: Eve <eve@example.org>\n'
  expect(coAuthors(message)).toEqual([
    { login: 'bob', name: 'Bob B', email: '12+bob@users.noreply.github.com' },
    { name: 'Eve', email: 'eve@example.org' },
  ])
})

it('keeps a login that is known', () => {
  expect(withLogin({ login: 'x', name: '', email: 'y@users.noreply.github.com' }).login).toBe('x')
})

it.each([
  ['the same account in another case', 'Bob', { login: 'bob', name: '', email: '' }, true],
  ['another account, whatever the name', 'bob', { login: 'eve', name: 'bob', email: 'bob@x' }, false],
  ['an unknown account with that name', 'bob', { name: 'Bob', email: 'b@x' }, true],
  ['an unknown account with that address', 'bob', { name: 'B', email: 'bob@x' }, true],
  ['an unknown account with nothing in common', 'bob', { name: 'Eve', email: 'eve@x' }, false],
])('compares with %s', (_what, login, person, expected) => {
  expect(isPerson(login, person)).toBe(expected)
})
