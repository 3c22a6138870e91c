import { describe, expect, it } from 'vitest'
import { parseEnvironment, parseFileCommands } from '../../src/engine/file-commands.ts'

describe('a file such as GITHUB_OUTPUT', () => {
  it.each([
    ['a pair', 'a=b', { a: 'b' }],
    ['a value with more signs', 'a=b=c<<d', { a: 'b=c<<d' }],
    ['an empty value', 'a=', { a: '' }],
    ['lines of another system', 'a=b\r\nc=d\r\n', { a: 'b', c: 'd' }],
    ['empty lines between', '\na=b\n\nc=d\n', { a: 'b', c: 'd' }],
    ['the last of the same name', 'a=b\na=c', { a: 'c' }],
    ['a heredoc', 'a<<EOF\none\ntwo\nEOF\n', { a: 'one\ntwo' }],
    ['a heredoc at the end without a line break', 'a<<EOF\none\nEOF', { a: 'one' }],
    ['an empty heredoc', 'a<<EOF\nEOF', { a: '' }],
    ['a heredoc of an empty line', 'a<<EOF\n\nEOF', { a: '' }],
    ['empty lines within and at the end', 'a<<EOF\n\none\n\nEOF', { a: '\none\n' }],
    ['pairs within that are none', 'a<<EOF\nb=c\nd<<X\nEOF', { a: 'b=c\nd<<X' }],
    ['a delimiter with a sign', 'a<<E=F\none\nE=F', { a: 'one' }],
    ['a line that only begins with the delimiter', 'a<<EOF\nEOF \nEOFEOF\nEOF', { a: 'EOF \nEOFEOF' }],
    ['line breaks of another system, kept', 'a<<EOF\r\none\r\ntwo\r\nEOF\r\n', { a: 'one\r\ntwo' }],
    ['two heredocs', 'a<<X\n1\nX\nb<<X\n2\nX\n', { a: '1', b: '2' }],
  ])('gives %s', (_, text, values) => {
    expect(parseFileCommands(text, 'GITHUB_OUTPUT')).toEqual(values)
  })

  it.each([
    ['no sign', 'just text', 'expected name=value, found "just text"'],
    ['no name', '=b', 'expected name=value, found "=b"'],
    ['no delimiter', 'a<<\nb\n', 'expected name<<DELIMITER, found "a<<"'],
    ['no name before a heredoc', '<<EOF\nb\nEOF', 'expected name<<DELIMITER'],
    ['a heredoc without its end', 'a<<EOF\nb\n', 'a has no closing "EOF"'],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseFileCommands(text, 'GITHUB_OUTPUT')).toThrow(`GITHUB_OUTPUT: `)
    expect(() => parseFileCommands(text, 'GITHUB_OUTPUT')).toThrow(message)
  })

  it("keeps NODE_OPTIONS out of a job's environment, as GitHub does", () => {
    expect(() => parseEnvironment('NODE_OPTIONS=--require ./evil.js')).toThrow("Can't store NODE_OPTIONS")
  })
})
