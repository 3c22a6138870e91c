import { expect, it } from 'vitest'
import { Masks } from '../../src/engine/masks.ts'

const key = '-----BEGIN KEY-----\nabcdefgh\nijklmnop\n-----END KEY-----'

it.each([
  ['the secret', ['hunter22'], 'it is hunter22!', 'it is ***!'],
  ['every line of a secret', [key], 'abcdefgh and ijklmnop', '*** and ***'],
  ['a secret with line breaks as a whole', [key], `[${key}]`, '[***]'],
  ['lines that another system broke', ['one1\r\ntwo2'], 'one1 two2', '*** ***'],
  ['the longer of two that begin alike', ['abcd', 'abcdefgh'], 'abcdefgh abcd', '*** ***'],
  ['what it is in a URL', ['a b/c?d'], 'https://x/?q=a%20b%2Fc%3Fd', 'https://x/?q=***'],
  ['what it is in JSON', ['say "hi"'], String.raw`{"a":"say \"hi\""}`, '{"a":"***"}'],
  ['what it is in base64', ['hunter22'], Buffer.from('hunter22').toString('base64'), '***'],
  ['nothing for a text too short to be one', ['abc', ''], 'abc', 'abc'],
])('hides %s', (_, secrets, text, shown) => {
  const masks = new Masks()
  for (const secret of secrets) masks.add(secret)
  expect(masks.apply(text)).toBe(shown)
})

it.each(['user:', 'me:', 'u:'])('hides a secret in the base64 of "%s" and the secret', (before) => {
  const masks = new Masks()
  masks.add('a-very-long-password')
  const encoded = Buffer.from(`${before}a-very-long-password@host`).toString('base64')
  const shown = masks.apply(encoded)
  expect(shown).toContain('***')
  expect(Buffer.from(shown.replace('***', ''), 'base64').toString()).not.toContain('password')
})
