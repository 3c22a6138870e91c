import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call } from '../client.ts'
import { openClientWorld } from './client-world.ts'
import type { ClientName, ClientWorld } from './client-world.ts'

/** What becomes of a package after it was published, by npm and by pnpm: tags, deprecation, search, owners, unpublishing. */
let world: ClientWorld

beforeAll(async () => {
  world = await openClientWorld()
})
afterAll(async () => world?.close())

const publishing: Partial<Record<ClientName, readonly string[]>> = { pnpm: ['--no-git-checks'] }

/** Publishes versions of a package from its own folder, which is given. */
async function release(
  client: ClientName,
  name: string,
  versions: readonly string[],
  content = 'one',
): Promise<string> {
  const folder = `${client}-${name.slice(1).replace('/', '-')}`
  let cwd = ''
  for (const version of versions) {
    cwd = await world.project(folder, { manifest: { name, version, description: 'A thing that tests publish' } })
    await writeFile(join(cwd, 'index.js'), `module.exports = '${content}'`)
    await world.succeed(client, ['publish', '--access', 'public', ...(publishing[client] ?? [])], cwd)
  }
  return cwd
}

interface Packument {
  readonly 'dist-tags': Record<string, string>
  readonly versions: Record<string, { readonly deprecated?: string }>
}
const packument = async (name: string) => (await call<Packument>(`${world.url}/${name}`)).body

describe.each(['npm', 'pnpm'] as const)('%s', (client) => {
  const scope = `@${client}`

  it('dist-tag adds, moves, lists and removes tags, and installs by them', async () => {
    const name = `${scope}/tagged`
    const cwd = await release(client, name, ['1.0.0', '1.1.0'])
    await world.succeed(client, ['dist-tag', 'add', `${name}@1.0.0`, 'stable'], cwd)
    expect(await world.succeed(client, ['dist-tag', 'ls', name], cwd)).toMatch(/latest: 1\.1\.0\nstable: 1\.0\.0/)
    await world.succeed(client, ['dist-tag', 'add', `${name}@1.1.0`, 'stable'], cwd)
    expect((await packument(name))['dist-tags']).toEqual({ latest: '1.1.0', stable: '1.1.0' })
    const consumer = await world.project(`${client}-by-tag`, { manifest: { dependencies: { [name]: 'stable' } } })
    await world.succeed(client, ['install', ...(client === 'pnpm' ? ['--no-frozen-lockfile'] : [])], consumer)
    await world.succeed(client, ['dist-tag', 'rm', name, 'stable'], cwd)
    expect((await packument(name))['dist-tags']).toEqual({ latest: '1.1.0' })
    expect(await world.outcome(client, ['dist-tag', 'rm', name, 'latest'], cwd)).toMatch(/^exit [1-9]/)
  })

  it('deprecate warns of a version, and undeprecate takes it back without a trace', async () => {
    const name = `${scope}/ageing`
    const cwd = await release(client, name, ['1.0.0', '2.0.0'])
    await world.succeed(client, ['deprecate', `${name}@<2`, 'use version 2'], cwd)
    const { versions } = await packument(name)
    expect([versions['1.0.0']?.deprecated, versions['2.0.0']?.deprecated]).toEqual(['use version 2', undefined])
    await world.succeed(client, ['undeprecate', `${name}@1.0.0`], cwd)
    expect((await packument(name)).versions['1.0.0']).not.toHaveProperty('deprecated')
  })

  it('search finds what was published, and not what is private to others', async () => {
    const name = `${scope}/findable-${client}`
    const cwd = await release(client, name, ['1.0.0'])
    const search = async (folder: string) => world.succeed(client, ['search', `findable-${client}`, '--json'], folder)
    await expect.poll(() => search(cwd), { timeout: 120_000, interval: 500 }).toContain(name)
    await world.succeed(client, ['access', 'set', 'status=private', name], cwd)
    const stranger = await world.project(`${client}-stranger`, { token: 'slu_nobody' })
    await writeFile(join(stranger, '.npmrc'), `registry=${world.url}/\n`)
    await expect.poll(() => search(stranger), { timeout: 120_000, interval: 500 }).not.toContain(name)
  })

  it('unpublish takes a young version away for ever: its number never comes back with other bytes', async () => {
    const name = `${scope}/withdrawn`
    const cwd = await release(client, name, ['1.0.0', '1.1.0'])
    await world.succeed(client, ['unpublish', `${name}@1.1.0`, '--force'], cwd)
    expect(await packument(name)).toMatchObject({ 'dist-tags': { latest: '1.0.0' } })
    expect(Object.keys((await packument(name)).versions)).toEqual(['1.0.0'])
    expect((await call(`${world.url}/${name}/-/withdrawn-1.1.0.tgz`)).status).toBe(404)
    await writeFile(join(cwd, 'index.js'), `module.exports = 'other bytes'`)
    const again = await world.outcome(client, ['publish', ...(publishing[client] ?? [])], cwd)
    expect(again).toMatch(/^exit [1-9]/)
    expect(Object.keys((await packument(name)).versions)).toEqual(['1.0.0'])
  })

  it('unpublish of a version that is older than 72 hours is refused, with a remedy; an administrator may', async () => {
    const name = `${scope}/old`
    const cwd = await release(client, name, ['1.0.0', '1.0.1'])
    for (const { schema, pool } of world.server.registry.router.shards())
      await pool.query(`update ${schema}.versions set published = now() - interval '73 hours' where name = $1`, [name])
    const refused = await world.outcome(client, ['unpublish', `${name}@1.0.0`, '--force'], cwd)
    expect(refused).toMatch(/^exit [1-9]\d*\n/)
    expect(refused).toMatch(/older than 72 hours: deprecate it/)
    expect(Object.keys((await packument(name)).versions)).toEqual(['1.0.0', '1.0.1'])
    await world.server.registry.identities.grant('alice', '*', 'admin')
    await world.succeed(client, ['unpublish', `${name}@1.0.0`, '--force'], cwd)
    await world.server.registry.identities.grant('alice', '*', 'publish')
    expect(Object.keys((await packument(name)).versions)).toEqual(['1.0.1'])
  })

  it('unpublish of a whole package takes it away, and leaves tombstones', async () => {
    const name = `${scope}/gone`
    const cwd = await release(client, name, ['1.0.0'])
    await world.succeed(client, ['unpublish', name, '--force'], cwd)
    expect((await call(`${world.url}/${name}`)).status).toBe(404)
    await writeFile(join(cwd, 'index.js'), `module.exports = 'other bytes'`)
    expect(await world.outcome(client, ['publish', ...(publishing[client] ?? [])], cwd)).toMatch(/^exit [1-9]/)
    await release(client, name, ['1.0.1'])
    expect(Object.keys((await packument(name)).versions)).toEqual(['1.0.1'])
  })

  it('owner gives others the right to publish, and takes it again', async () => {
    const name = `${scope}/owned`
    await release(client, name, ['1.0.0'])
    const { identities } = world.server.registry
    const cwd = await world.project(`${client}-owner`)
    await world.project(`${client}-carol`, { user: `carol-${client}` })
    await identities.grant(`carol-${client}`, '*', 'read')
    const carol = await world.project(`${client}-carol`, {
      user: `carol-${client}`,
      manifest: { name, version: '2.0.0' },
    })
    const publish = () => world.outcome(client, ['publish', ...(publishing[client] ?? [])], carol)
    expect(await publish()).toMatch(/^exit [1-9][\s\S]*403/)
    await world.succeed('npm', ['owner', 'add', `carol-${client}`, name], cwd)
    expect(await world.succeed(client, ['owner', 'ls', name], cwd)).toContain(`carol-${client}`)
    expect(await publish()).toMatch(/^exit 0\n/)
    await world.succeed('npm', ['owner', 'rm', `carol-${client}`, name], cwd)
    expect((await packument(name))['dist-tags']).toEqual({ latest: '2.0.0' })
  })
})
