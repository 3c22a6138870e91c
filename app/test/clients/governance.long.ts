import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, publish, signIn } from '../client.ts'
import { startDatabases } from '../running-registry.ts'
import type { Databases, RunningRegistry } from '../running-registry.ts'
import { installClients, makeProject } from './installed-clients.ts'
import type { InstalledClients, RunOptions } from './installed-clients.ts'
import { openIsland } from './island.ts'
import type { Island } from './island.ts'

/** The commands of the real clients that look after packages: audits, signatures, tokens, owners, access; and what is not there. */
let clients: InstalledClients
let island: Island
let databases: Databases
let server: RunningRegistry
let url: string
let token: string
let cwd: string

beforeAll(async () => {
  clients = installClients()
  databases = await startDatabases()
  const advisories = join(databases.folder, 'advisories.json')
  const advisory = {
    id: 1_000_001,
    url: 'https://advisories.example/1',
    title: 'The dialog lets the focus out',
    severity: 'high',
    vulnerable_versions: '<2.0.0',
    cwe: ['CWE-1021'],
    cvss: { score: 0, vectorString: null },
  }
  await writeFile(advisories, JSON.stringify({ date: '2026-01-01', advisories: { '@acme/dialog': [advisory] } }))
  server = await databases.start({ REGISTRY_SELF_REGISTRATION: 'publish', ADVISORIES: advisories })
  url = server.url.replace('127.0.0.1', 'localhost')
  island = await openIsland(url, databases.folder)
  token = await signIn(url, 'alice')
  await signIn(url, 'bob')
  for (const version of ['1.0.0', '2.0.0'])
    await publish(url, token, '@acme/dialog', version, { files: { 'index.js': `module.exports = '${version}'` } })
  cwd = join(databases.folder, 'audited', 'project')
  await makeProject(cwd, url, token, {
    name: 'project',
    version: '1.0.0',
    private: true,
    dependencies: { '@acme/dialog': '1.0.0' },
  })
  await succeed(clients.npm, ['install', '--no-audit', '--no-fund'])
})
afterAll(async () => {
  await island?.close()
  await databases?.close()
})

const outcome = async (program: string, words: readonly string[], folder = cwd, options: RunOptions = {}) => {
  const { code, output } = await island.run(program, words, folder, options)
  return `exit ${code}\n${output}`
}
const succeed = async (program: string, words: readonly string[], folder = cwd, options: RunOptions = {}) => {
  const text = await outcome(program, words, folder, options)
  expect(text).toMatch(/^exit 0\n/)
  return text
}

describe('the network that the clients run in', () => {
  it.runIf(process.env['SLUICE_REQUIRE'] ?? process.getuid?.() === 0)(
    'holds the registry and nothing else',
    async () => {
      const reach = (target: string) =>
        outcome(process.execPath, ['--eval', `fetch('${target}').then(({ status }) => console.log(status))`])
      expect(await reach(`${url}/-/ping`)).toBe('exit 0\n200\n')
      expect(await reach('http://192.0.2.1/')).toMatch(/^exit 1\n[\s\S]*ENETUNREACH/)
      expect(await reach('https://www.npmjs.com/')).toMatch(/^exit 1\n/)
    },
  )
})

describe('audits', () => {
  it('of npm find what the snapshot knows, and nothing in the mended version', async () => {
    const found = await outcome(clients.npm, ['audit'])
    expect(found).toMatch(/^exit 1\n/)
    expect(found).toContain('The dialog lets the focus out')
    await succeed(clients.npm, ['install', '@acme/dialog@2.0.0', '--no-audit', '--no-fund'])
    expect(await succeed(clients.npm, ['audit'])).toContain('found 0 vulnerabilities')
  })

  // npm 12.2 (lib/utils/verify-signatures.js) brings Sigstore's list of registries' keys up to date before anything else, from a host that is
  // written into @sigstore/tuf 5.1 and that no setting changes. It asks a registry for its keys only when that list, fetched and verified,
  // does not name it. So without that host npm has no verdict, good or bad, whatever a registry answers: `pnpm audit signatures` has.
  it.runIf(process.env['SLUICE_REQUIRE'] ?? process.getuid?.() === 0)(
    "of signatures by npm end at Sigstore's host, before npm asks the registry for its keys",
    async () => {
      const timesAsked = async () => {
        const metrics = await (await fetch(`${url}/metrics`)).text()
        return Number(/^registry_requests_total\{[^}]*route="\/-\/npm\/v1\/keys"[^}]*\} (\d+)/m.exec(metrics)?.[1] ?? 0)
      }
      await call(`${url}/-/npm/v1/keys`)
      const before = await timesAsked()
      expect(before).toBeGreaterThan(0)
      const text = await outcome(clients.npm, ['audit', 'signatures', '--fetch-retries=0'])
      expect(text).toMatch(/^exit 1\n[\s\S]*fetch failed[\s\S]*sigstore/)
      expect(text).not.toMatch(/invalid|missing|verified/i)
      expect(await timesAsked()).toBe(before)
    },
  )

  it('of signatures by pnpm verify what the registry signed, and refuse what it did not', async () => {
    const folder = join(databases.folder, 'signed', 'project')
    await makeProject(folder, url, token, {
      name: 'signed',
      version: '1.0.0',
      private: true,
      dependencies: { '@acme/dialog': '2.0.0' },
    })
    await succeed(clients.pnpm, ['install', '--no-frozen-lockfile'], folder)
    expect(await succeed(clients.pnpm, ['audit', 'signatures'], folder)).toMatch(/verified registry signature/i)
    for (const { schema, pool } of server.registry.router.shards()) {
      await pool.query(
        `update ${schema}.versions set signature = jsonb_set(signature::jsonb, '{sig}', '"MEUCIQ=="')::json where name = '@acme/dialog'`,
      )
    }
    server.registry.cache.clear()
    expect(await outcome(clients.pnpm, ['audit', 'signatures'], folder)).not.toMatch(/^exit 0\n/)
  })
})

describe('npm', () => {
  it('adds and removes owners, and restricts a package', async () => {
    await succeed(clients.npm, ['owner', 'add', 'bob', '@acme/dialog'])
    expect(await succeed(clients.npm, ['owner', 'ls', '@acme/dialog'])).toContain('bob')
    await succeed(clients.npm, ['owner', 'rm', 'bob', '@acme/dialog'])
    expect(await succeed(clients.npm, ['owner', 'ls', '@acme/dialog'])).not.toContain('bob')
    expect(await succeed(clients.npm, ['access', 'get', 'status', '@acme/dialog'])).toContain('public')
    await succeed(clients.npm, ['access', 'set', 'status=private', '@acme/dialog'])
    expect((await call(`${url}/@acme/dialog`)).status).toBe(401)
    await succeed(clients.npm, ['access', 'set', 'status=public', '@acme/dialog'])
    expect(await succeed(clients.npm, ['access', 'list', 'packages', '@acme'])).toContain('@acme/dialog')
  })

  it('lists and revokes tokens, and shows the profile', async () => {
    const { record } = await server.registry.identities.issueToken('alice', { label: 'old laptop' })
    expect(await succeed(clients.npm, ['token', 'list', '--json'])).toContain('old laptop')
    await succeed(clients.npm, ['token', 'revoke', record.key])
    expect(await succeed(clients.npm, ['token', 'list', '--json'])).not.toContain('old laptop')
    expect(await succeed(clients.npm, ['profile', 'get', '--json'])).toContain('alice@example.test')
  })

  it('logs out, and its token is worth nothing afterwards', async () => {
    const folder = join(databases.folder, 'leaving', 'project')
    const own = await signIn(url, 'bob')
    await makeProject(folder, url, own, { name: 'leaving', version: '1.0.0' })
    await succeed(clients.npm, ['logout'], folder)
    expect((await call(`${url}/-/whoami`, { token: own })).status).toBe(401)
    expect(await readFile(join(folder, '.npmrc'), 'utf8')).not.toContain(own)
  })

  it.each([
    ['teams', ['team', 'ls', '@acme']],
    ['organisations', ['org', 'ls', 'acme']],
    ['staged publishing', ['stage', 'list']],
    ['trusted publishers', ['trust', 'list', '@acme/dialog']],
  ])('is told clearly that %s are not supported', async (_what, words) => {
    const text = await outcome(clients.npm, [...words, '--fetch-retries=0'])
    expect(text).not.toMatch(/^exit 0\n/)
    expect(text).toMatch(/501[\s\S]*not supported by this registry/i)
  })
})
