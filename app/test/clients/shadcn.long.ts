import { mkdirSync, symlinkSync } from 'node:fs'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publish, signIn } from '../client.ts'
import { openClientWorld } from './client-world.ts'
import type { ClientWorld } from './client-world.ts'

/** shadcn's own CLI in a scratch project, with no network but this registry: what it says is not believed, its files are. */
let world: ClientWorld
let token: string

const ui = (name: string, more: object = {}) =>
  JSON.stringify({ type: 'registry:ui', files: [{ path: `${name}.tsx`, type: 'registry:ui' }], ...more })
const button = (version: string) => `export const version = '${version}'\n`

beforeAll(async () => {
  world = await openClientWorld()
  token = await signIn(world.url, 'alice')
  const put = async (name: string, version: string, files: Record<string, string>, access = 'public') => {
    const { status } = await publish(world.url, token, name, version, { files, access })
    if (status !== 201) throw new Error(`expected ${name}@${version} to be published, found ${status}`)
  }
  await put('@acme/color', '1.4.0', { 'index.js': 'module.exports = "color"' })
  await put('@acme/icon', '1.0.0', { 'icon.tsx': 'export const icon = 1\n', 'registry-item.json': ui('icon') })
  for (const version of ['1.0.0', '1.2.0', '2.0.0']) {
    const item = ui('button', {
      description: 'A button to press',
      dependencies: ['@acme/color@^1.0.0'],
      registryDependencies: ['@acme/icon'],
    })
    await put('@acme/button', version, { 'button.tsx': button(version), 'registry-item.json': item })
  }
  const secret = { 'secret.tsx': 'export const secret = 1\n', 'registry-item.json': ui('secret') }
  await put('@acme/secret', '1.0.0', secret, 'restricted')
  await world.server.registry.outbox.drain()
  await world.server.registry.search.refresh()
})
afterAll(async () => world?.close())

/** A project as `shadcn init` leaves it, whose @acme is this registry. */
async function scratch(folder: string, registries: object = { '@acme': `${world.url}/r/@acme/{name}.json` }) {
  const cwd = await world.project(folder, { manifest: { private: true } })
  await mkdir(join(cwd, 'src'))
  await writeFile(join(cwd, 'src/index.css'), '@import "tailwindcss";\n')
  const compilerOptions = { baseUrl: '.', paths: { '@/*': ['./src/*'] } }
  await writeFile(join(cwd, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
  const aliases = {
    components: '@/components',
    utils: '@/lib/utils',
    ui: '@/components/ui',
    lib: '@/lib',
    hooks: '@/hooks',
  }
  const tailwind = { config: '', css: 'src/index.css', baseColor: 'neutral', cssVariables: true, prefix: '' }
  const settings = { style: 'new-york', rsc: false, tsx: true, tailwind, aliases, registries }
  await writeFile(join(cwd, 'components.json'), JSON.stringify(settings))
  // It runs the project's package manager by name.
  const bin = join(cwd, '..', 'bin')
  mkdirSync(bin)
  symlinkSync(world.clients.npm, join(bin, 'npm'))
  const environment = {
    REGISTRY_URL: `${world.url}/r`,
    PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`,
    ACME_TOKEN: token,
  }
  return {
    cwd,
    shadcn: (...words: string[]) => world.succeed('shadcn', words, cwd, { environment }),
    refused: (...words: string[]) => world.outcome('shadcn', words, cwd, { environment }),
    text: async (path: string) => readFile(join(cwd, path), 'utf8').catch(() => undefined),
  }
}

describe('shadcn add', () => {
  it('writes the named version, the components and the packages that it depends on', async () => {
    const { shadcn, text } = await scratch('add-version')
    await shadcn('add', '@acme/button@1.2.0', '--yes')
    expect(await text('src/components/ui/button.tsx')).toBe(button('1.2.0'))
    expect(await text('src/components/ui/icon.tsx')).toBe('export const icon = 1\n')
    expect(await text('node_modules/@acme/color/index.js')).toBe('module.exports = "color"')
    expect(await text('package.json')).toContain('"@acme/color": "^1.')
  })

  it.each([
    ['@acme/button', '2.0.0'],
    ['@acme/button@^1.0.0', '1.2.0'],
    ['@acme/button@latest', '2.0.0'],
  ])('%s writes %s', async (item, version) => {
    const { shadcn, text } = await scratch(`add-${item.replaceAll(/\W+/g, '-')}`)
    await shadcn('add', item, '--yes')
    expect(await text('src/components/ui/button.tsx')).toBe(button(version))
  })

  it('by URL writes it, over an older one when it is told to', async () => {
    const { shadcn, text } = await scratch('add-url')
    await shadcn('add', `${world.url}/r/@acme/button@1.0.0.json`, '--yes')
    expect(await text('src/components/ui/button.tsx')).toBe(button('1.0.0'))
    await shadcn('add', `${world.url}/r/@acme/button@2.0.0.json`, '--yes', '--overwrite')
    expect(await text('src/components/ui/button.tsx')).toBe(button('2.0.0'))
  })

  it('writes a private item for a token in a header, and nothing without', async () => {
    const url = `${world.url}/r/@acme/{name}.json`
    const withToken = await scratch('private', { '@acme': { url, headers: { Authorization: 'Bearer ${ACME_TOKEN}' } } })
    await withToken.shadcn('add', '@acme/secret', '--yes')
    expect(await withToken.text('src/components/ui/secret.tsx')).toBe('export const secret = 1\n')
    const without = await scratch('not-private')
    expect(await without.refused('add', '@acme/secret', '--yes')).toMatch(/^exit 1\n[\s\S]*(401|sign in|authori[sz])/i)
    expect(await without.text('src/components/ui/secret.tsx')).toBeUndefined()
  })

  it('says what is wrong with a version that is not there', async () => {
    const { refused, text } = await scratch('add-missing')
    expect(await refused('add', '@acme/button@9.9.9', '--yes')).toMatch(/^exit 1\n[\s\S]*(not found|9\.9\.9)/i)
    expect(await text('src/components/ui/button.tsx')).toBeUndefined()
  })
})

describe('shadcn view, search and registry add', () => {
  it('show an item with its files, version and integrity', async () => {
    const { shadcn } = await scratch('view')
    const shown = await shadcn('view', '@acme/button@1.2.0')
    expect(shown).toContain("export const version = '1.2.0'")
    expect(shown).toMatch(/"integrity": "sha512-/)
  })

  it('find items by words, by type and page by page, and none that is private', async () => {
    const { shadcn } = await scratch('search')
    const search = async (...words: string[]) => {
      const text = await shadcn('search', '@acme', '--json', ...words)
      return JSON.parse(text.slice(text.indexOf('{'))) as { items: { name: string }[]; pagination: { total: number } }
    }
    expect((await search()).items.map(({ name }) => name).toSorted()).toEqual(['button', 'icon'])
    expect((await search('--query', 'press')).items).toMatchObject([{ name: 'button' }])
    expect((await search('--type', 'hook')).items).toEqual([])
    expect((await search('--type', 'ui,hook')).items).toHaveLength(2)
    expect(await search('--limit', '1', '--offset', '1')).toMatchObject({ items: [{}], pagination: { total: 2 } })
  })

  it('write the registry into components.json', async () => {
    const { shadcn, text } = await scratch('registry-add', {})
    await shadcn('registry', 'add', '@acme')
    expect(await text('components.json')).toContain(`${world.url}/r/@acme/{name}.json`)
    await shadcn('add', '@acme/icon', '--yes')
    expect(await text('src/components/ui/icon.tsx')).toBe('export const icon = 1\n')
  })
})

describe('shadcn build', () => {
  it('makes an item that is published as it is, and added as it was written', async () => {
    const source = 'export const dialog = "built"\n'
    const cwd = await world.project('author', { manifest: { name: '@acme/dialog', version: '3.0.0' } })
    await mkdir(join(cwd, 'registry'))
    await writeFile(join(cwd, 'registry/dialog.tsx'), source)
    const files = [{ path: 'registry/dialog.tsx', type: 'registry:ui' }]
    const catalogue = {
      name: 'acme',
      homepage: 'https://acme.example',
      items: [{ name: 'dialog', type: 'registry:ui', files }],
    }
    await writeFile(join(cwd, 'registry.json'), JSON.stringify(catalogue))
    await world.succeed('shadcn', ['registry', 'validate'], cwd)
    await world.succeed('shadcn', ['build', '--output', 'built'], cwd)
    await copyFile(join(cwd, 'built/dialog.json'), join(cwd, 'registry-item.json'))
    await world.succeed('npm', ['publish', '--access', 'public'], cwd)
    const { shadcn, text } = await scratch('consumer')
    await shadcn('add', '@acme/dialog@3.0.0', '--yes')
    expect(await text('src/components/ui/dialog.tsx')).toBe(source)
  })
})
