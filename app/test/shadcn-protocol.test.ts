import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startDatabases } from './running-registry.ts'
import type { Databases, RunningRegistry } from './running-registry.ts'
import { call, publish, signIn } from './client.ts'

interface Item {
  name: string
  type: string
  files: { path: string; content: string }[]
  meta: { package: string; version: string; integrity: string }
}
interface Catalogue {
  items: { name: string; type: string; meta: { package: string } }[]
  pagination: { total: number; offset: number; limit: number; hasMore: boolean }
}

let databases: Databases
let server: RunningRegistry
let url: string
let alice: string

const component = (content: string, item: object = {}) => ({
  'src/button.tsx': content,
  'registry-item.json': JSON.stringify({
    type: 'registry:ui',
    files: [{ path: 'src/button.tsx', type: 'registry:ui' }],
    ...item,
  }),
})

beforeAll(async () => {
  databases = await startDatabases()
  server = await databases.start()
  ;({ url } = server)
  alice = await signIn(url, 'alice')
  for (const version of ['1.0.0', '1.2.0', '2.0.0']) {
    await publish(url, alice, '@alice/button', version, { files: component(`export const v = '${version}'`) })
  }
  await publish(url, alice, '@alice/plain', '1.0.0')
  await publish(url, alice, '@alice/secret', '1.0.0', { access: 'restricted', files: component('x') })
  await vi.waitFor(async () => {
    const { pagination } = (await call<Catalogue>(`${url}/r/registry.json`, { token: alice })).body
    if (pagination.total !== 2) throw new Error(`expected 2 components in the catalogue, found ${pagination.total}`)
  }, 60_000)
})
afterAll(async () => databases.close())

describe('items', () => {
  it.each([
    ['button', '2.0.0'],
    ['@alice/button', '2.0.0'],
    ['@alice%2fbutton', '2.0.0'],
    ['@alice/button@1.0.0', '1.0.0'],
    ['@alice/button@^1.0.0', '1.2.0'],
    ['@alice/button@%5E1.0.0', '1.2.0'],
    ['@alice/button@latest', '2.0.0'],
  ])('answers %s with %s, its files and its integrity', async (name, version) => {
    const { status, body } = await call<Item>(`${url}/r/${name}.json`)
    expect(status).toBe(200)
    expect(body).toMatchObject({ name: 'button', type: 'registry:ui', meta: { package: '@alice/button', version } })
    expect(body.meta.integrity).toMatch(/^sha512-/)
    expect(body.files).toEqual([
      { path: 'src/button.tsx', type: 'registry:ui', content: `export const v = '${version}'` },
    ])
  })

  it('answers 404 with a detail for what carries no component, is not there, or may not be seen', async () => {
    expect((await call(`${url}/r/@alice/plain.json`)).body).toMatchObject({ status: 404, code: 'COMPONENT_NOT_FOUND' })
    expect((await call(`${url}/r/@alice/nothing.json`)).body).toMatchObject({ status: 404, code: 'PACKAGE_NOT_FOUND' })
    expect((await call(`${url}/r/@alice/button@9.json`)).body).toMatchObject({ status: 404, code: 'VERSION_NOT_FOUND' })
    expect((await call(`${url}/r/@alice/secret.json`)).status).toBe(401)
    expect((await call<Item>(`${url}/r/@alice/secret.json`, { token: alice })).body.name).toBe('secret')
  })

  it.each([
    ['a file that is not in the package', { files: [{ path: 'gone.tsx', type: 'registry:ui' }] }],
    ['a target outside the project', { files: [{ path: 'src/button.tsx', type: 'registry:file', target: '~/../x' }] }],
    ['a file outside the package', { files: [{ path: '../x.tsx', type: 'registry:ui', content: 'x' }] }],
    ['nothing to install', { files: [] }],
    ['css variables that are no text', { cssVars: { light: { brand: 1 } } }],
    ['no font where one is meant', { type: 'registry:font' }],
    ['a setting that components.json does not take', { type: 'registry:base', config: { theme: 'dark' } }],
    ['an unknown type', { type: 'registry:nonsense' }],
  ])('refuses to publish an item with %s', async (_what, item) => {
    const reply = await publish(url, alice, '@alice/wrong', '1.0.0', { files: component('x', item) })
    expect(reply).toMatchObject({ status: 400, body: { code: 'INVALID_MANIFEST' } })
    expect((await call(`${url}/@alice/wrong`)).status).toBe(404)
  })
})

describe('catalogues', () => {
  it('lists, searches and turns pages, of everything or of one scope', async () => {
    const list = async (path: string, token?: string) => (await call<Catalogue>(`${url}${path}`, { token })).body
    expect(await list('/r/registry.json')).toMatchObject({
      items: [{ name: 'button' }],
      pagination: { total: 1, hasMore: false },
    })
    expect(await list('/r/registry.json?limit=1&offset=0', alice)).toMatchObject({
      pagination: { total: 2, limit: 1, hasMore: true },
    })
    expect(await list('/r/registry.json?limit=100000')).toMatchObject({ pagination: { total: 1, limit: 1000 } })
    expect((await list('/r/@alice/registry.json')).items.map(({ meta }) => meta.package)).toEqual(['@alice/button'])
    expect((await list('/r/@bob/registry.json')).items).toEqual([])
    expect((await list('/r/registry.json?q=nothing')).pagination.total).toBe(0)
    expect((await list('/r/registry.json?type=registry:hook')).pagination.total).toBe(0)
    expect((await list('/r/registry.json?type=registry:hook,registry:ui')).pagination.total).toBe(1)
  })

  it('answers what the CLI asks beside items', async () => {
    expect((await call(`${url}/r/colors/neutral.json`)).body).toHaveProperty('cssVarsV4')
    expect((await call<{ name: string; url: string }[]>(`${url}/r/registries.json`)).body).toMatchObject([
      { name: '@alice', url: `${url}/r/@alice/{name}.json` },
    ])
  })
})

describe('items without files', () => {
  it('are themes and fonts, and come with what they are made of', async () => {
    const font = { family: 'Inter, sans-serif', provider: 'google', import: 'Inter', variable: '--font-sans' }
    for (const item of [
      { name: 'theme', type: 'registry:theme', cssVars: { light: { brand: 'black' } } },
      { name: 'inter', type: 'registry:font', font },
    ]) {
      const files = { 'registry-item.json': JSON.stringify(item) }
      const name = `@bare/${item.name}`
      const { registry } = server
      await registry.identities.grant('alice', '@bare', 'publish')
      expect((await publish(url, alice, name, '1.0.0', { files })).status).toBe(201)
      expect((await call<Item>(`${url}/r/${name}.json`)).body).toMatchObject({ ...item, files: [] })
    }
    const fonts = async () => (await call<Catalogue>(`${url}/r/@bare/registry.json?type=registry:font`)).body.items
    await vi.waitFor(async () => expect(await fonts()).toMatchObject([{ name: 'inter', font }]), 60_000)
  })
})
