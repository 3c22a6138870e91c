import { readFile, writeFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, publish, signIn } from '../client.ts'
import { startDatabases } from '../running-registry.ts'
import type { Databases, RunningRegistry } from '../running-registry.ts'
import { installClients, makeProject } from './installed-clients.ts'
import type { InstalledClients } from './installed-clients.ts'
import { openIsland } from './island.ts'
import type { Island } from './island.ts'

/** The real clients, unmodified, against the registry: publish, install, tags, deprecate, search, signatures, `shadcn add`. */
let clients: InstalledClients
let island: Island
let databases: Databases
let server: RunningRegistry
let url: string
let token: string

beforeAll(async () => {
  clients = installClients()
  databases = await startDatabases()
  server = await databases.start({ REGISTRY_SELF_REGISTRATION: 'publish' })
  url = server.url.replace('127.0.0.1', 'localhost')
  island = await openIsland(url, databases.folder)
  token = await signIn(url, 'alice')
  await publish(url, token, '@acme/dependency', '1.0.0', { files: { 'index.js': 'module.exports = 1' } })
})
afterAll(async () => {
  await island?.close()
  await databases?.close()
})

const succeed = async (program: string, words: readonly string[], cwd: string) => {
  const { code, output } = await island.run(program, words, cwd)
  expect(`exit ${code}\n${output}`).toMatch(/^exit 0\n/)
  return output
}

describe.each([
  ['npm', ['publish', '--access', 'public'], ['install', '--no-audit', '--no-fund']],
  ['pnpm', ['publish', '--no-git-checks', '--access', 'public'], ['install', '--no-frozen-lockfile']],
  ['yarn1', ['publish', '--non-interactive', '--access', 'public'], ['install', '--non-interactive']],
  ['yarn4', ['npm', 'publish', '--access', 'public'], ['install']],
  ['bun', ['publish', '--access', 'public'], ['install']],
] as const)('%s', (client, publishing, installing) => {
  it('publishes a package and installs it with its dependency', async () => {
    const name = `@acme/by-${client}`
    const source = join(databases.folder, client, 'package')
    await makeProject(source, url, token, {
      name,
      version: '1.0.0',
      main: 'index.js',
      license: 'MIT',
      dependencies: { '@acme/dependency': '^1.0.0' },
    })
    await writeFile(join(source, 'index.js'), `module.exports = '${client}'`)
    if (client === 'yarn4') {
      await writeFile(join(source, 'yarn.lock'), '')
      await succeed(clients.yarn4, ['install'], source)
    }
    await succeed(clients[client], publishing, source)

    const consumer = join(databases.folder, client, 'consumer')
    await makeProject(consumer, url, token, {
      name: 'consumer',
      version: '1.0.0',
      private: true,
      dependencies: { [name]: '1.0.0', '@acme/dependency': '1.0.0' },
    })
    if (client === 'yarn4') await writeFile(join(consumer, 'yarn.lock'), '')
    await succeed(clients[client], installing, consumer)
    expect(await readFile(join(consumer, 'node_modules', name, 'index.js'), 'utf8')).toBe(
      `module.exports = '${client}'`,
    )
    expect(await readFile(join(consumer, 'node_modules/@acme/dependency/index.js'), 'utf8')).toBe('module.exports = 1')
  })
})

describe('npm 12', () => {
  it('tags, deprecates, searches, lists tokens, names its user, and unpublishes', async () => {
    const cwd = join(databases.folder, 'npm-more', 'project')
    await makeProject(cwd, url, token, { name: '@acme/more', version: '1.0.0' })
    const npm = (...words: string[]) => succeed(clients.npm, words, cwd)
    await npm('publish', '--access', 'public')
    await npm('dist-tag', 'add', '@acme/more@1.0.0', 'next')
    expect(await npm('dist-tag', 'ls', '@acme/more')).toMatch(/latest: 1\.0\.0\nnext: 1\.0\.0/)
    await npm('deprecate', '@acme/more@1.0.0', 'use less')
    expect(await npm('view', '@acme/more', 'deprecated')).toContain('use less')
    expect(await npm('whoami')).toContain('alice')
    expect(await npm('ping')).toContain('PONG')
    expect(await npm('token', 'list')).toContain('slu_')
    await expect.poll(() => npm('search', 'more', '--json'), { timeout: 120_000 }).toContain('@acme/more')
    await npm('owner', 'ls', '@acme/more')
    await npm('unpublish', '@acme/more@1.0.0', '--force')
    expect((await call(`${url}/@acme/more/1.0.0`)).status).toBe(404)
  })
})

describe('shadcn', () => {
  it('adds a component of a named version, and its files are there', async () => {
    const item = { type: 'registry:ui', files: [{ path: 'button.tsx', type: 'registry:ui' }] }
    for (const version of ['1.0.0', '2.0.0']) {
      const files = {
        'button.tsx': `export const version = '${version}'\n`,
        'registry-item.json': JSON.stringify(item),
      }
      await publish(url, token, '@acme/button', version, { files })
    }
    const cwd = join(databases.folder, 'shadcn', 'project')
    await makeProject(cwd, url, token, { name: 'project', version: '1.0.0', private: true })
    await mkdir(join(cwd, 'src'), { recursive: true })
    await writeFile(join(cwd, 'src/index.css'), '@import "tailwindcss";\n')
    await writeFile(
      join(cwd, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { baseUrl: '.', paths: { '@/*': ['./src/*'] } } }),
    )
    const aliases = {
      components: '@/components',
      utils: '@/lib/utils',
      ui: '@/components/ui',
      lib: '@/lib',
      hooks: '@/hooks',
    }
    const tailwind = { config: '', css: 'src/index.css', baseColor: 'neutral', cssVariables: true, prefix: '' }
    const registries = { '@acme': `${url}/r/@acme/{name}.json` }
    await writeFile(
      join(cwd, 'components.json'),
      JSON.stringify({ style: 'new-york', rsc: false, tsx: true, tailwind, aliases, registries }),
    )
    const shadcn = (...words: string[]) =>
      island.run(clients.shadcn, words, cwd, { environment: { REGISTRY_URL: `${url}/r` } })
    const { output } = await shadcn('add', '@acme/button@1.0.0', '--yes')
    expect(await readFile(join(cwd, 'src/components/ui/button.tsx'), 'utf8').catch(() => output)).toContain("'1.0.0'")
    await expect.poll(async () => (await shadcn('search', '@acme')).output, { timeout: 120_000 }).toContain('button')
    expect((await shadcn('view', '@acme/button')).output).toContain('2.0.0')
  })
})

describe('@verdaccio/e2e-cli', () => {
  it.each(['npm', 'pnpm', 'bun'] as const)('passes with %s', async (client) => {
    const cwd = join(databases.folder, `e2e-${client}`, 'run')
    await mkdir(cwd, { recursive: true })
    await mkdir(join(cwd, '..', 'home'), { recursive: true })
    const { code, output } = await island.run(clients.e2e, ['-r', url, '--pm', `${client}=${clients[client]}`], cwd)
    expect(`exit ${code}\n${output}`).toMatch(/^exit 0\n/)
    expect(output).toMatch(/[1-9]\d* passed.*\b0 failed/)
  })
})
