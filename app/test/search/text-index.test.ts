import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Filter } from '../../src/search/package-filter.ts'
import { TextIndex } from '../../src/search/text-index.ts'
import type { Text } from '../../src/search/text-index.ts'

/** What the index must find, the slow way: every text is looked at. */
function scan(texts: Iterable<Text>, query: string): string[][] {
  const plain = (text: string) => text.normalize('NFKC').toLowerCase().replaceAll('ς', 'σ')
  const words = [...new Set(plain(query).split(/\s+/).filter(Boolean).slice(0, 10))]
  const phrase = words.join(' ')
  const ranks: [string[], string[], string[], string[]] = [[], [], [], []]
  for (const { name, text } of [...texts].toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!words.every((word) => plain(`${name} ${text}`).includes(word))) continue
    const whole = plain(name)
    const names = whole.startsWith('@') ? [whole, whole.slice(whole.indexOf('/') + 1)] : [whole]
    const rank =
      phrase === ''
        ? 3
        : names.includes(phrase)
          ? 0
          : names.some((each) => each.startsWith(phrase))
            ? 1
            : whole.includes(phrase)
              ? 2
              : 3
    ranks[rank].push(name)
  }
  return ranks
}

const everybody = { mayRead: () => true }

function found(index: TextIndex, query: string): string[][] {
  const ranks = index.find(query, everybody)
  const lists: [string[], string[], string[], string[]] = [[], [], [], []]
  for (const { name: each, rank } of index.page(ranks, 0, Infinity)) lists[rank as 0 | 1 | 2 | 3].push(each)
  expect(ranks.total).toBe(lists.flat().length)
  return lists
}

const plainly = (each: string, words: string): Text => ({
  name: each,
  text: words,
  public: true,
  type: null,
  item: null,
})

const letters = fc.constantFrom('a', 'b', 'A', '-', '/', 'é', 'É', 'İ', 'ß', 'Σ', 'ς', 'ﬁ', 'Ａ', '組', '😀', '"')
const word = fc.string({ unit: letters, maxLength: 5 })
const space = fc.constantFrom(' ', '  ', '\n', '\t', '\u00a0', '\u3000')
const sentence = fc.array(fc.tuple(word, space), { maxLength: 6 }).map((pairs) => pairs.flat().join(''))
const bare = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '-', '.'), minLength: 1, maxLength: 4 })
const name = fc.oneof(
  bare,
  fc.tuple(bare, bare).map(([scope, own]) => `@${scope}/${own}`),
)
const text: fc.Arbitrary<Text> = fc.record({
  name,
  text: sentence,
  public: fc.boolean(),
  type: fc.constantFrom(null, 'registry:ui'),
  item: fc.constantFrom(null, 'a'),
})
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ put: text }) },
  { weight: 1, arbitrary: fc.record({ remove: name }) },
  { weight: 3, arbitrary: fc.record({ query: fc.oneof(sentence, word, name) }) },
)

const agree = (one: unknown, other: unknown) => expect(one).toEqual(other)

describe('TextIndex', () => {
  it('finds exactly what a look at every text finds, in the same order, whatever came, changed and went before', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat({ max: 3 }), (steps, leftAtMost) => {
        const index = new TextIndex(leftAtMost)
        const texts = new Map<string, Text>()
        for (const each of steps) {
          if ('put' in each) {
            const before = texts.get(each.put.name)
            texts.set(each.put.name, each.put)
            agree(index.put(each.put), JSON.stringify(before) !== JSON.stringify(each.put))
          } else if ('remove' in each) agree(index.delete(each.remove), texts.delete(each.remove))
          else agree(found(index, each.query), scan(texts.values(), each.query))
        }
        expect(index.size).toBe(texts.size)
        const prefixes = [...texts.keys()].flatMap((key) => Array.from(key, (_, at) => key.slice(0, at + 1)))
        for (const query of ['', ...prefixes]) expect(found(index, query)).toEqual(scan(texts.values(), query))
      }),
      { seed: 20_261_122, numRuns: 400 },
    )
  })

  it('finds exactly the same by any part of words that share pieces, beyond what one list of packages holds', () => {
    const piece = fc.constantFrom('c', 'component', 'button', 'é', '1', '12', '組', 'ﬁx')
    const sign = fc.constantFrom('-', '/', '.', '_', '--', '', '@')
    const words = fc.array(fc.tuple(piece, sign), { minLength: 1, maxLength: 4 }).map((pairs) => pairs.flat().join(''))
    const own = words.map((each) => each.replaceAll(/[/@]/g, ''))
    const shared = fc.record({
      scope: fc.constantFrom('', '@c/', '@c-1/', '@component.c/'),
      own,
      text: fc.array(words, { maxLength: 4 }).map((all) => all.join(' ')),
    })
    const change = fc.record({
      at: fc.nat(),
      put: fc.option(words),
      query: fc.array(fc.nat(), { minLength: 3, maxLength: 3 }),
    })
    fc.assert(
      fc.property(
        fc.array(shared, { minLength: 20, maxLength: 20 }),
        fc.array(change, { maxLength: 12 }),
        (made, changes) => {
          const index = new TextIndex(40)
          const texts = new Map<string, Text>()
          const put = (each: Text) => {
            texts.set(each.name, each)
            index.put(each)
          }
          for (let number = 0; number < 1200; number += 1) {
            const each = made[number % made.length]
            if (each) put(plainly(`${each.scope}${each.own}-${number}`, `component_${number % 9} ${each.text}`))
          }
          for (const each of changes) {
            const name = [...texts.keys()][each.at % texts.size] ?? ''
            if (each.put === null) agree(index.delete(name), texts.delete(name))
            else put(plainly(name, each.put))
            const [at = 0, from = 0, length = 0] = each.query
            const known = [...texts.values()][at % texts.size]
            const spoken = `${known?.name} ${known?.text}`
            const start = from % spoken.length
            for (const query of [spoken.slice(start, start + 1 + (length % 12)), 'c', '/c', '-1'])
              expect(found(index, query)).toEqual(scan(texts.values(), query))
          }
          expect(index.size).toBe(texts.size)
        },
      ),
      { seed: 20_261_122, numRuns: 12 },
    )
  })

  it('finds the same when there are more words than one block holds, and after most packages have changed', () => {
    const index = new TextIndex(10)
    const texts = new Map<string, Text>()
    const put = (number: number, round: number) => {
      const each: Text = {
        name: `@scope-${number % 7}/component-${number}`,
        text: `the ${round === 0 ? 'first' : 'next'} of ${number * 31} with Größe-${(number * round) % 977}`,
        public: true,
        type: null,
        item: null,
      }
      texts.set(each.name, each)
      index.put(each)
    }
    const queries = [
      'c',
      'component-12',
      '@scope-3/',
      'first',
      'NEXT 31',
      'größe-9 the',
      'größe',
      'e-1 of 3',
      'nothing',
    ]
    const compare = () => {
      for (const query of queries) expect(found(index, query)).toEqual(scan(texts.values(), query))
    }
    for (let number = 0; number < 5000; number += 1) put(number, 0)
    compare()
    for (let number = 0; number < 4000; number += 1) put(number, 1)
    compare()
    for (let number = 100; number < 4900; number += 1) {
      const gone = `@scope-${number % 7}/component-${number}`
      texts.delete(gone)
      index.delete(gone)
    }
    compare()
    put(200, 2)
    compare()
  })

  it('gives any page of what is found', () => {
    const index = new TextIndex()
    for (const each of ['ab', 'c', 'xa', 'a', 'aa', 'b', '@a/c']) index.put(plainly(each, 'a'))
    const ranks = index.find('a', {})
    const all = index.page(ranks, 0, 100).map(({ name: each, rank }) => `${rank} ${each}`)
    expect(all).toEqual(['0 a', '1 aa', '1 ab', '2 @a/c', '2 xa', '3 b', '3 c'])
    for (let from = 0; from < 9; from += 1) {
      for (let size = 0; size < 9; size += 1) {
        const page = index.page(ranks, from, size).map(({ name: each, rank }) => `${rank} ${each}`)
        expect(page).toEqual(all.slice(from, from + size))
      }
    }
  })

  it('leaves out what may not be read, what is no component, and what is not wanted', () => {
    const index = new TextIndex()
    index.put({ ...plainly('@a/open', 'x'), item: 'open', type: 'registry:ui' })
    index.put({ ...plainly('@a/closed', 'x'), public: false })
    index.put({ ...plainly('@b/closed', 'x'), public: false, item: 'closed' })
    const names = (filter: Filter) => index.page(index.find('x', filter), 0, 10).map((each) => each.name)
    expect(names({})).toEqual(['@a/open'])
    expect(names({ mayRead: ({ scope }) => scope === '@b' })).toEqual(['@a/open', '@b/closed'])
    expect(names({ ...everybody, componentsOnly: true })).toEqual(['@a/open', '@b/closed'])
    expect(names({ ...everybody, isWanted: ({ scope }) => scope === '@a' })).toEqual(['@a/closed', '@a/open'])
    expect(names({ ...everybody, isWanted: ({ type }) => type === 'registry:ui' })).toEqual(['@a/open'])
    index.put(plainly('@a/closed', 'x'))
    expect(names({})).toEqual(['@a/closed', '@a/open'])
  })
})
