import { pino } from 'pino'
import type pg from 'pg'
import { expect, it } from 'vitest'
import { SearchIndex } from '../../src/search/search-index.ts'

/** A read model of texts whose words overlap, touch the ends, and hold line breaks. */
const rows = Array.from({ length: 500 }, (_, index) => {
  const name = `@s-${index % 7}/c-${index}`
  return {
    name,
    text: `${name} ab${'ab'.repeat(index % 3)}\nnumber ${index} end`,
    access: 'public',
    type: null,
    item: null,
  }
}).toSorted((a, b) => (a.name < b.name ? -1 : 1))

const client = {
  query: async ({ name, values = [] }: { name: string; values?: unknown[] }) => {
    if (name === 'search:horizon') return { rows: [{ horizon: '1' }] }
    if (name === 'search:changes') return { rows: values[1] === '' ? rows : [] }
    return { rows: (values[0] as string[]).map((each) => ({ name: each, document: { name: each } })) }
  },
  release: () => undefined,
}
const home = { connect: async () => client } as unknown as pg.Pool

it.each(['ab', 'abab', 'c-1', 'end', '@s-', 'number 42', 'd @s', 'nothing', '', 'end number', rows.at(-1)?.name ?? ''])(
  'finds exactly the packages whose text holds every word of %j',
  async (text) => {
    const index = new SearchIndex(home, pino({ level: 'silent' }))
    const { documents, total } = await index.search({ text, from: 0, size: 1000, principal: undefined })
    const words = text.split(' ')
    const expected = rows.filter((row) => words.every((word) => row.text.includes(word))).map(({ name }) => name)
    expect(documents.map(({ document }) => document.name).toSorted()).toEqual(expected.toSorted())
    expect(total).toBe(expected.length)
  },
)
