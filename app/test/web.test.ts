import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderReadme } from '../src/web/routes.ts'
import { call, publish, signIn } from './client.ts'
import { startDatabases } from './running-registry.ts'
import type { Databases, RunningRegistry } from './running-registry.ts'

let databases: Databases
let server: RunningRegistry
let url: string
let alice: string

beforeAll(async () => {
  databases = await startDatabases()
  server = await databases.start()
  ;({ url } = server)
  alice = await signIn(url, 'alice')
})
afterAll(async () => databases.close())

async function submit(fields: Record<string, string>) {
  const response = await fetch(`${url}/-/web/login`, { method: 'POST', body: new URLSearchParams(fields) })
  return { status: response.status, text: await response.text() }
}

describe('web login', () => {
  it('gives the waiting client one token when somebody has signed in on the page', async () => {
    const { loginUrl, doneUrl } = (
      await call<{ loginUrl: string; doneUrl: string }>(`${url}/-/v1/login`, { method: 'POST', body: {} })
    ).body
    const waiting = await call(doneUrl)
    expect([waiting.status, waiting.headers.get('retry-after')]).toEqual([202, '1'])
    expect((await call<string>(loginUrl)).body).toContain('<form method="post"')
    const id = new URL(loginUrl).searchParams.get('for') ?? ''
    expect((await submit({ for: id, user: 'alice', password: 'wrong' })).status).toBe(401)
    expect((await call(doneUrl)).status).toBe(202)
    expect((await submit({ for: id, user: 'alice', password: 'alice has a password' })).text).toContain('Signed in')
    const { token } = (await call<{ token: string }>(doneUrl)).body
    expect((await call(`${url}/-/whoami`, { token })).body).toEqual({ username: 'alice' })
    expect((await call(doneUrl)).status).toBe(404)
    expect((await submit({ for: id, user: 'alice', password: 'alice has a password' })).status).toBe(404)
  })
})

describe('pages', () => {
  it('shows a package with its README made harmless, under a policy without scripts', async () => {
    const readme = '# Hi\n<script>alert(1)</script>\n[x](javascript:alert(1)) ![i](x" onerror="alert(1))'
    await publish(url, alice, '@alice/page', '1.0.0', { files: { 'README.md': readme } })
    const { status, body, headers } = await call<string>(`${url}/-/web/package/@alice/page`)
    expect(status).toBe(200)
    expect(body).toContain(`npm install @alice/page --registry ${url}`)
    expect(body).not.toMatch(/<script|href="javascript|<img/)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  it.each([
    '<img src=x onerror=alert(1)>',
    '<a href="javascript:alert(1)">x</a>',
    '<svg onload=alert(1)>',
    '[a](data:text/html,x)',
    '<style>*{}</style>',
  ])('makes nothing of %s', (hostile) => {
    expect(renderReadme(hostile)).not.toMatch(/<(img|svg|style|script)|<a[^>]*href="(javascript|data)/)
  })

  it('hides restricted packages from strangers', async () => {
    await publish(url, alice, '@alice/mine', '1.0.0', { access: 'restricted' })
    expect((await call(`${url}/-/web/package/@alice/mine`)).status).toBe(401)
  })
})

describe('metrics', () => {
  it('counts answers from memory and from routes, under the release', async () => {
    await publish(url, alice, '@alice/counted', '1.0.0')
    for (let turn = 0; turn < 3; turn += 1) await call(`${url}/@alice/counted`)
    const { body } = await call<string>(`${url}/metrics`)
    expect(body).toMatch(
      /registry_requests_total\{route="memory",method="GET",status="200",version="development",commit="unknown"\} [1-9]/,
    )
    expect(body).toContain('registry_coherent{')
  })
})
