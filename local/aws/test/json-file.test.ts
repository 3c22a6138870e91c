import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readJsonFile, writeJsonFile } from '../src/json-file.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'json-file-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a state file', () => {
  it('is what was written last', () => {
    const file = join(folder, 'deep/down/state.json')
    writeJsonFile(file, { a: 1 })
    writeJsonFile(file, { a: 2 })
    expect(readJsonFile(file)).toStrictEqual({ a: 2 })
  })

  it.each<[string, { file?: string; draft?: string }, unknown]>([
    ['before anything was written', {}, undefined],
    ['in the first write', { draft: '{"a":' }, undefined],
    ['after the first draft', { draft: '{"a":1}' }, { a: 1 }],
    ['in a later write', { file: '{"a":1}', draft: '{"a":' }, { a: 1 }],
    ['before the old one goes', { file: '{"a":1}', draft: '{"a":2}' }, { a: 1 }],
    ['before the new one has its name', { draft: '{"a":2}' }, { a: 2 }],
  ])('killed %s is the old or the new one', (_, { file, draft }, expected) => {
    const path = join(folder, 'state.json')
    if (file != null) writeFileSync(path, file)
    if (draft != null) writeFileSync(`${path}.new`, draft)
    expect(readJsonFile(path)).toStrictEqual(expected)
  })

  it('that is no JSON is named, never begun anew', () => {
    const path = join(folder, 'state.json')
    writeFileSync(path, 'not JSON')
    expect(() => readJsonFile(path)).toThrow(`Expected JSON in ${path}, found something else: remove the file`)
  })
})
