import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openAdvisories } from '../src/packages/advisories.ts'

describe('advisories', () => {
  it('finds those that concern a version that was asked for, and no others', () => {
    const advisories = openAdvisories(undefined)
    expect(advisories.of({ axios: ['1.6.0'] })['axios']?.map(({ id }) => id)).toContain('GHSA-8hc4-vh64-cxmj')
    expect(advisories.of({ axios: ['99.0.0'], 'not-a-package': ['1.0.0'], constructor: ['1.0.0'] })).toEqual({})
    expect(advisories.of({ axios: ['not a version'] })).toEqual({})
  })

  it('come with the registry as they come with the scanner of the delivery', async () => {
    const [own, scanner] = await Promise.all([
      readFile(new URL('../src/packages/advisories.json', import.meta.url), 'utf8'),
      readFile(new URL('../../actions/core/advisories/npm-advisories.json', import.meta.url), 'utf8'),
    ])
    expect(JSON.parse(own)).toEqual(JSON.parse(scanner))
  })

  it('are read from a file of one’s own, and a wrong file is named', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'advisories-'))
    const file = join(folder, 'own.json')
    const advisory = { id: 1, url: 'https://example.test/1', title: 'x', severity: 'high', vulnerable_versions: '<2' }
    await writeFile(file, JSON.stringify({ date: '2026-01-01', advisories: { '@acme/button': [advisory] } }))
    expect(openAdvisories(file).of({ '@acme/button': ['1.0.0', '2.0.0'] })).toEqual({ '@acme/button': [advisory] })
    await writeFile(file, '{"advisories": []}')
    expect(() => openAdvisories(file)).toThrow(`${file} is not usable`)
    expect(() => openAdvisories(join(folder, 'none.json'))).toThrow('cannot be read')
    await rm(folder, { recursive: true })
  })
})
