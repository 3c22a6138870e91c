import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { asRegistryError, errorTable, problemOf, RegistryError } from '../src/errors.ts'
import type { ErrorCode } from '../src/errors.ts'

describe('docs/errors.md', () => {
  it('explains every code with its status, and no other', async () => {
    const page = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8')
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \| (.+?) \|/gm)]
    expect(rows.map(([, code, status]) => [code, Number(status)])).toEqual(
      Object.entries(errorTable).map(([code, [status]]) => [code, status]),
    )
  })

  it('has no code that the registry never answers', async () => {
    const folder = new URL('../src/', import.meta.url)
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts'))
    const sources = await Promise.all(
      files.filter((file) => file !== 'errors.ts').map((file) => readFile(new URL(file, folder), 'utf8')),
    )
    const own = await readFile(new URL('errors.ts', folder), 'utf8')
    const text = sources.join('\n') + own.slice(own.indexOf('class RegistryError'))
    expect(Object.keys(errorTable).filter((code) => !text.includes(`'${code}'`))).toEqual([])
  })
})

describe('asRegistryError', () => {
  it.each<[unknown, ErrorCode]>([
    [new RegistryError('FORBIDDEN'), 'FORBIDDEN'],
    [Object.assign(new Error('down'), { code: 'ECONNREFUSED' }), 'UNAVAILABLE'],
    [Object.assign(new Error('shutting down'), { code: '57P01' }), 'UNAVAILABLE'],
    [Object.assign(new Error('big'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE' }), 'TOO_LARGE'],
    [Object.assign(new Error('odd'), { statusCode: 400 }), 'BAD_REQUEST'],
    [new TypeError('a defect with a secret in it'), 'INTERNAL'],
    ['a string', 'INTERNAL'],
  ])('makes %s a %s', (thrown, code) => {
    expect(asRegistryError(thrown).code).toBe(code)
  })

  it('tells the client nothing of a defect', () => {
    const problem = problemOf(asRegistryError(new TypeError('a secret')), 'abc')
    expect(JSON.stringify(problem)).not.toContain('secret')
    expect(problem).toMatchObject({ status: 500, code: 'INTERNAL', requestId: 'abc' })
  })
})
