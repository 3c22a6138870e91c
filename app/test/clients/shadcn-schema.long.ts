import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type * as z from 'zod'
import { componentOf } from '../../src/components/item.ts'
import { renderItem } from '../../src/components/render.ts'
import { RegistryError } from '../../src/errors.ts'
import type { PackageModel, VersionModel } from '../../src/packages/model.ts'
import { call, publish, signIn } from '../client.ts'
import { startDatabases } from '../running-registry.ts'
import type { Databases, RunningRegistry } from '../running-registry.ts'
import { shadcnSchemas } from './installed-clients.ts'

/** Everything that is served to shadcn, as shadcn's own schemas see it: those that its CLI reads answers with. */
let schemas: Readonly<Record<string, z.ZodType>>
let databases: Databases
let server: RunningRegistry
let url: string

const schema = (name: string): z.ZodType => {
  const found = schemas[name]
  if (!found)
    throw new Error(`expected ${name} among the exports of shadcn/schema, found ${Object.keys(schemas).join(', ')}`)
  return found
}
/** What is wrong by shadcn's schema; nothing where it is satisfied. */
const wrongIn = (name: string, value: unknown) => schema(name).safeParse(value).error?.issues

const full = {
  type: 'registry:block',
  title: 'Sign-in form',
  author: 'Acme <ui@acme.example>',
  description: 'A form.',
  dependencies: ['zod@4'],
  devDependencies: ['@types/node'],
  registryDependencies: ['button', '@acme/input'],
  files: [
    { path: 'form.tsx', type: 'registry:component' },
    { path: 'page.tsx', type: 'registry:page', target: 'app/sign-in/page.tsx' },
    { path: 'example.tsx', type: 'registry:example' },
  ],
  tailwind: { config: { content: ['./src/**'], theme: { extend: {} }, plugins: ['x'] } },
  cssVars: { theme: { 'font-heading': 'Inter' }, light: { brand: 'oklch(0.2 0 0)' }, dark: { brand: 'white' } },
  css: { '@layer base': { h1: { 'font-size': '2rem' } }, '@import "x"': {} },
  envVars: { API_URL: 'http://localhost' },
  meta: { reviewed: true },
  docs: 'Set API_URL.',
  categories: ['auth'],
}
const items: Readonly<Record<string, object>> = {
  '@acme/form': full,
  '@acme/theme': { type: 'registry:theme', cssVars: { light: { primary: 'black' } } },
  '@acme/inter': {
    type: 'registry:font',
    font: { family: "'Inter Variable', sans-serif", provider: 'google', import: 'Inter', variable: '--font-sans' },
  },
  '@acme/base': { type: 'registry:base', config: { style: 'new-york', tailwind: { baseColor: 'neutral' } } },
  '@acme/style': { type: 'registry:style', extends: 'none', dependencies: ['tw-animate-css'] },
  '@acme/rule': {
    type: 'registry:item',
    files: [{ path: 'page.tsx', type: 'registry:file', target: '~/rules/page.md' }],
  },
}
const sources = { 'form.tsx': 'export {}', 'page.tsx': 'export {}', 'example.tsx': 'export {}' }

beforeAll(async () => {
  schemas = await shadcnSchemas()
  databases = await startDatabases()
  server = await databases.start({ REGISTRY_SELF_REGISTRATION: 'publish' })
  ;({ url } = server)
  const token = await signIn(url, 'alice')
  for (const [name, item] of Object.entries(items)) {
    const files = { ...sources, 'registry-item.json': JSON.stringify(item) }
    const manifest = { description: 'A component', author: 'Acme', homepage: 'https://acme.example' }
    const { status, body } = await publish(url, token, name, '1.0.0', { files, manifest })
    if (status !== 201) throw new Error(`expected ${name} to be published, found ${status}: ${JSON.stringify(body)}`)
  }
  await server.registry.outbox.drain()
  await server.registry.search.refresh()
})
afterAll(async () => databases.close())

describe('what is served', () => {
  it.each(Object.keys(items))('%s is an item', async (name) => {
    for (const path of [`${name}.json`, `${name}@1.0.0.json`, `${name}@latest.json`]) {
      const { status, body } = await call(`${url}/r/${path}`)
      expect({ status, wrong: wrongIn('registryItemSchema', body) }).toEqual({ status: 200, wrong: undefined })
      expect(body).toMatchObject({ ...items[name], files: expect.any(Array), meta: { version: '1.0.0' } })
    }
  })

  it.each([
    ['/r/registry.json', 'registrySchema', 6],
    ['/r/@acme/registry.json', 'registrySchema', 6],
    ['/r/registry.json?q=form&limit=2', 'registrySchema', 1],
    ['/r/registry.json?type=registry:font', 'registrySchema', 1],
    ['/r/index.json', 'registryIndexSchema', 6],
    ['/r/registries.json', 'registriesSchema', 1],
    ['/r/styles/index.json', 'stylesSchema', 1],
  ])('%s satisfies %s and lists %i', async (path, name, count) => {
    const { status, body } = await call<{ items?: unknown[] }>(url + path)
    expect({ status, wrong: wrongIn(name, body) }).toEqual({ status: 200, wrong: undefined })
    expect(Array.isArray(body) ? body : body.items).toHaveLength(count)
  })

  it('pages and colours satisfy their schemas', async () => {
    const { body } = await call<{ pagination: unknown }>(`${url}/r/registry.json?limit=2&offset=2`)
    expect(body.pagination).toEqual({ total: 6, offset: 2, limit: 2, hasMore: true })
    expect(wrongIn('registryPaginationSchema', body.pagination)).toBeUndefined()
    expect(wrongIn('registryBaseColorSchema', (await call(`${url}/r/colors/neutral.json`)).body)).toBeUndefined()
  })
})

const model = { name: '@acme/any' } as PackageModel
const version = {
  version: '1.0.0',
  integrity: 'sha512-x',
  published: '2026-01-01T00:00:00.000Z',
  deprecated: null,
  manifest: { description: 'A', author: 'B', homepage: 'https://acme.example' },
} as unknown as VersionModel

/** Items near the real ones: each field left alone, left out, or made something else. */
const nearlyItems = fc
  .tuple(
    fc.constantFrom(...Object.values(items)),
    fc.dictionary(
      fc.constantFrom(...Object.keys(full), 'font', 'config', 'extends', 'name', '$schema', 'unknown'),
      fc.oneof(
        fc.constantFrom('x', '', 1, null, true, [], ['a'], [1], {}, { a: 'b' }, { light: { a: 1 } }, { theme: [] }),
        fc.constantFrom(...Object.values(full)),
        fc.jsonValue({ maxDepth: 3 }),
      ),
      { maxKeys: 3 },
    ),
    fc.uniqueArray(fc.constantFrom(...Object.keys(full))),
  )
  .map(([item, changes, without]) => {
    const kept = Object.entries({ ...item, ...changes }).filter(
      ([field]) => field in changes || !without.includes(field),
    )
    return Object.fromEntries(kept)
  })

/** Where this registry is stricter than the schema, on purpose. */
const stricter =
  /nothing, without a word|inside the (project|package)|which is not in the package|at name$|at files\[\d+\]\.path$/m

/** Beside it: `font` and `config` are looked at on every type of item, not only on the one that uses them. */
function isStricter({ message }: RegistryError, type: unknown): boolean {
  const unused = [type === 'registry:font' ? [] : ['font'], type === 'registry:base' ? [] : ['config']].flat()
  return stricter.test(message) || unused.some((field) => new RegExp(`at ${field}\\b`).test(message))
}

/** What becomes of an item here, and what shadcn says is wrong with it: as it would be served, or as it was stated. */
function judge(item: Readonly<Record<string, unknown>>) {
  const texts = Object.entries({ ...sources, 'registry-item.json': JSON.stringify(item) })
  const contents = new Map(texts.map(([path, text]) => [path, Buffer.from(text)]))
  try {
    const component = componentOf({ contents, name: '@acme/any' })
    if (!component) throw new Error('expected a component, found none')
    const served: unknown = JSON.parse(JSON.stringify(renderItem(model, version, component)))
    return { here: 'accepted', wrong: wrongIn('registryItemSchema', served) } as const
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error
    const here = isStricter(error, item['type']) ? 'refused by a rule of our own' : 'refused'
    return { here, wrong: wrongIn('registryItemSchema', { name: 'any', ...item }) } as const
  }
}

describe('what may be published', () => {
  it('is what shadcn accepts: 4,000 items, by a fixed seed', () => {
    const counts = { accepted: 0, refused: 0, 'refused by a rule of our own': 0 }
    fc.assert(
      fc.property(nearlyItems, (item) => {
        const { here, wrong } = judge(item)
        counts[here] += 1
        return here === 'refused by a rule of our own' || (here === 'accepted') === (wrong === undefined)
      }),
      { numRuns: 4000, seed: 5 },
    )
    process.stdout.write(`items by what became of them, and shadcn's schema agrees: ${JSON.stringify(counts)}\n`)
    expect(counts.accepted).toBeGreaterThan(400)
    expect(counts.refused).toBeGreaterThan(400)
  })
})
