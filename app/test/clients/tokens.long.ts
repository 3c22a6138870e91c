import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, publish, signIn } from '../client.ts'
import { openClientWorld } from './client-world.ts'
import type { ClientWorld } from './client-world.ts'

/** `npm token` and `npm profile` as npm 12 sends them: what a token was asked to be is what it is. */
let world: ClientWorld
let cwd: string

beforeAll(async () => {
  world = await openClientWorld()
  cwd = await world.project('tokens')
})
afterAll(async () => world?.close())

interface NewToken {
  readonly token: string
  readonly readonly: boolean
  readonly cidr_whitelist: readonly string[] | null
  readonly expires: string | null
}

/** Asked for at the prompt: a password does not belong on a command line. */
const password = { answers: [['npm password:', 'alice has a password']] } as const

async function create(...words: string[]): Promise<NewToken> {
  const text = await world.succeed('npm', ['token', 'create', '--json', ...words], cwd, password)
  return JSON.parse(text.slice(text.indexOf('{'))) as NewToken
}
const whoami = async (token: string) => (await call(`${world.url}/-/whoami`, { token })).status

describe('npm token', () => {
  it('create makes one that works as its maker, is listed by its hint alone, and ends when it is revoked', async () => {
    const { token, readonly, cidr_whitelist: ranges, expires } = await create('--name=laptop')
    expect({ readonly, ranges, expires }).toEqual({ readonly: false, ranges: null, expires: null })
    expect((await publish(world.url, token, '@acme/by-token', '1.0.0')).status).toBe(201)
    const list = await world.succeed('npm', ['token', 'list'], cwd)
    expect(list).toContain('laptop')
    expect(list).not.toContain(token)
    expect(await world.succeed('npm', ['token', 'revoke', token], cwd)).toContain('Removed 1 token')
    expect(await whoami(token)).toBe(401)
  })

  it('create with a permission to read makes one that cannot publish', async () => {
    const { token, readonly } = await create('--packages-and-scopes-permission=read-only', '--packages-all')
    expect(readonly).toBe(true)
    expect(await whoami(token)).toBe(200)
    const reading = await world.project('reading', { token })
    expect(await world.outcome('npm', ['publish', '--access', 'public'], reading)).toMatch(
      /^exit 1\n[\s\S]*403[\s\S]*only read/,
    )
  })

  it('create with --cidr makes one for those addresses', async () => {
    const elsewhere = await create('--cidr=192.0.2.0/24')
    expect(elsewhere.cidr_whitelist).toEqual(['192.0.2.0/24'])
    expect(await whoami(elsewhere.token)).toBe(403)
    const away = await world.project('elsewhere', { token: elsewhere.token })
    expect(await world.outcome('npm', ['whoami'], away)).toMatch(/^exit 1\n[\s\S]*403/)
    const here = await create('--cidr=192.0.2.0/24,127.0.0.0/8')
    expect(await whoami(here.token)).toBe(200)
    expect(await world.succeed('npm', ['token', 'list'], cwd)).toContain('192.0.2.0/24,127.0.0.0/8')
  })

  it('create with --expires makes one that ends by itself', async () => {
    const { token, expires } = await create('--expires=2')
    const days = (Date.parse(expires ?? '') - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(1.99)
    expect(days).toBeLessThan(2.01)
    expect(await whoami(token)).toBe(200)
    await world.server.registry.home.query(
      `update registry.tokens set expires = now() - interval '1 second' where hint like $1`,
      [`%${token.slice(-4)}`],
    )
    world.server.registry.identities.forget()
    expect(await whoami(token)).toBe(401)
  })

  it.each([
    ['scopes', ['--scopes=@acme']],
    ['packages', ['--packages=@acme/button', '--packages-and-scopes-permission=read-write']],
    ['staged publishing', ['--packages-and-scopes-permission=read-write-stage-only']],
  ])('create limited to %s is refused: nothing that may do more is made instead', async (_what, words) => {
    const before = await world.succeed('npm', ['token', 'list', '--parseable'], cwd)
    const text = await world.outcome('npm', ['token', 'create', ...words], cwd, password)
    expect(text).toMatch(/^exit 1\n[\s\S]*501[\s\S]*not supported by this registry/i)
    expect(await world.succeed('npm', ['token', 'list', '--parseable'], cwd)).toBe(before)
  })

  it('create with a wrong password makes none', async () => {
    const text = await world.outcome('npm', ['token', 'create'], cwd, {
      answers: [['npm password:', 'a guess of mine']],
    })
    expect(text).toMatch(/^exit 1\n[\s\S]*401/)
  })

  it('revoke of what is not there says so', async () => {
    expect(await world.outcome('npm', ['token', 'revoke', 'abcdef'], cwd)).toMatch(/^exit 1\n[\s\S]*Unknown token/)
  })
})

describe('npm profile', () => {
  it('get and set show and change the email address', async () => {
    expect(await world.succeed('npm', ['profile', 'get', 'email'], cwd)).toContain('alice@example.test')
    await world.succeed('npm', ['profile', 'set', 'email', 'alice@acme.test'], cwd)
    expect(await world.succeed('npm', ['profile', 'get', 'email'], cwd)).toContain('alice@acme.test')
    expect(await world.outcome('npm', ['profile', 'set', 'email', 'no address'], cwd)).toMatch(/^exit 1\n[\s\S]*400/)
  })

  it('set password changes it for the one who knows the old one', async () => {
    const cwd = await world.project('changing', { user: 'bob' })
    const answers = (old: string) =>
      [
        ['Current password:', old],
        ['New password:', 'bob has another password'],
        ['Again:', 'bob has another password'],
      ] as const
    const set = (old: string) => world.outcome('npm', ['profile', 'set', 'password'], cwd, { answers: answers(old) })
    expect(await set('a guess of mine')).toMatch(/^exit 1\n[\s\S]*401/)
    expect(await set('bob has a password')).toMatch(/^exit 0\n/)
    await expect(signIn(world.url, 'bob')).rejects.toThrow('401')
    expect(await signIn(world.url, 'bob', 'bob has another password')).toMatch(/^slu_/)
  })

  it.each([
    ['a name', ['set', 'fullname', 'Alice Acme'], []],
    ['two factors', ['enable-2fa', 'auth-only'], [['npm password:', 'alice has a password']]],
  ] as const)('is told clearly that %s cannot be kept here', async (_what, words, answers) => {
    const text = await world.outcome('npm', ['profile', ...words], cwd, { answers })
    expect(text).toMatch(/^exit 1\n[\s\S]*501[\s\S]*not supported by this registry/i)
  })
})
