import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, publish, signIn } from '../client.ts'
import { PageClient } from '../page-client.ts'
import { startDatabases } from '../running-registry.ts'
import type { Databases, RunningRegistry } from '../running-registry.ts'

let databases: Databases
let server: RunningRegistry
let url: string
let alice: string

const item = {
  type: 'registry:ui',
  title: 'Button',
  files: [{ path: 'src/button.tsx', type: 'registry:ui' }],
}

beforeAll(async () => {
  databases = await startDatabases()
  server = await databases.start()
  ;({ url } = server)
  alice = await signIn(url, 'alice')
  for (const version of ['1.0.0', '1.1.0']) {
    await publish(url, alice, '@alice/page', version, {
      manifest: {
        description: 'A page',
        license: 'MIT',
        dependencies: { react: '^19.0.0' },
        homepage: 'javascript:alert(1)',
        repository: { url: 'git+https://example.test/page.git' },
      },
      files: {
        'README.md': '# Hi\n<script>alert(1)</script>\n[x](javascript:alert(1)) ![i](x" onerror="alert(1))',
        'src/button.tsx': `export const Button = () => <b>{'${version}'}</b>\n`,
        'registry-item.json': JSON.stringify(item),
      },
    })
  }
  await publish(url, alice, '@alice/mine', '1.0.0', { access: 'restricted' })
  await server.registry.outbox.drain()
  await server.registry.search.refresh()
})
afterAll(async () => databases.close())

describe('search', () => {
  it('lists what this reader may see, and finds by a part of the name', async () => {
    const client = new PageClient(url)
    const all = await client.get('/-/web/')
    expect(all.text).toContain('1 package')
    expect(all.text).not.toContain('@alice/mine')
    expect((await client.get('/-/web/?q=pag')).text).toContain('href="/-/web/package/@alice/page"')
    expect((await client.get('/-/web/?q=nothing')).text).toContain('Nothing found')
    await client.signIn('alice')
    expect((await client.get('/-/web/')).text).toContain('@alice/mine')
  })

  it('repeats what was searched as text, never as HTML', async () => {
    const { text } = await new PageClient(url).get(`/-/web/?q=${encodeURIComponent('"><script>alert(1)</script>')}`)
    expect(text).toContain('&quot;&gt;&lt;script&gt;alert(1)')
    expect(text.match(/<script>/g)).toHaveLength(1)
  })
})

describe('a package page', () => {
  it('shows how to install it with every client, under a policy that runs nothing of its own', async () => {
    const { status, text, headers } = await new PageClient(url).get('/-/web/package/@alice/page')
    expect(status).toBe(200)
    for (const line of [
      `npm install @alice/page --registry ${url}`,
      `pnpm add @alice/page --registry ${url}`,
      `YARN_NPM_REGISTRY_SERVER=${url} yarn add @alice/page`,
      `<pre class="command">yarn add @alice/page --registry ${url}`,
      `bun add @alice/page --registry ${url}`,
      `npx shadcn add ${url}/r/@alice/page@1.1.0.json`,
    ])
      expect(text).toContain(line)
    expect(text).not.toMatch(/<[^>]*\shref="javascript|<img|<[^>]*\sonerror=/)
    expect(text.match(/<script>/g)).toHaveLength(1)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
  })

  it('shows size, integrity, signature, owners, license and the links that are links', async () => {
    const { text } = await new PageClient(url).get('/-/web/package/@alice/page')
    expect(text).toMatch(/<code>sha512-[^<]{80,}<\/code>/)
    expect(text).toMatch(/<code>SHA256:[^<]+<\/code>/)
    const { versions } = (
      await call<{ versions: Record<string, { dist: { unpackedSize: number } }> }>(`${url}/@alice/page`)
    ).body
    expect(text).toMatch(/Download<\/dt>\s*<dd>[\d.]+ (B|KB|kB)/)
    expect(text).toMatch(new RegExp(`Unpacked</dt>\\s*<dd>${versions['1.1.0']?.dist.unpackedSize} B, 4 files`))
    expect(text).toContain('MIT')
    expect(text).toContain('href="https://example.test/page"')
    expect(text).not.toContain('Homepage')
  })

  it('shows versions, dependencies, and the source of the component, of any version', async () => {
    const client = new PageClient(url)
    expect((await client.get('/-/web/package/@alice/page?view=versions')).text).toMatch(/1\.1\.0[\s\S]*1\.0\.0/)
    expect((await client.get('/-/web/package/@alice/page?view=dependencies')).text).toContain('^19.0.0')
    const source = await client.get('/-/web/package/@alice/page?view=source&version=1.0.0')
    expect(source.text).toContain('export const Button = () =&gt; &lt;b&gt;{&#39;1.0.0&#39;}')
    expect(source.text).toContain('The newest is')
    expect((await client.get('/-/web/package/@alice/page?version=9.9.9')).status).toBe(404)
  })

  it('says that a version is deprecated, and why', async () => {
    const { body } = await call<{ versions: Record<string, object> }>(`${url}/@alice/page`)
    await call(`${url}/@alice%2fpage`, {
      method: 'PUT',
      token: alice,
      body: { ...body, versions: { '1.0.0': { ...body.versions['1.0.0'], deprecated: 'use <b>1.1</b>' } } },
    })
    const { text } = await new PageClient(url).get('/-/web/package/@alice/page?version=1.0.0')
    expect(text).toContain('use &lt;b&gt;1.1&lt;/b&gt;')
  })

  it('tells people who have signed in, and no stranger, who may publish by role', async () => {
    const client = new PageClient(url)
    expect((await client.get('/-/web/package/@alice/page')).text).not.toContain('May publish by role')
    await client.signIn('alice')
    expect((await client.get('/-/web/package/@alice/page')).text).toMatch(/May publish by role[\s\S]*admin/)
  })

  it('sends strangers to the sign-in and back, and tells programs that they are strangers', async () => {
    const client = new PageClient(url)
    const sent = await client.get('/-/web/package/@alice/mine')
    expect([sent.status, sent.location]).toEqual([303, '/-/web/login?next=%2F-%2Fweb%2Fpackage%2F%40alice%2Fmine'])
    expect((await call(`${url}/-/web/package/@alice/mine`)).status).toBe(401)
    expect((await call(`${url}/-/web/package/@alice/mine`, { token: alice })).status).toBe(200)
    await client.get(sent.location ?? '')
    const back = await client.post('/-/web/login', {
      user: 'alice',
      password: 'alice has a password',
      next: '/-/web/package/@alice/mine',
    })
    expect([back.status, back.location]).toEqual([303, '/-/web/package/@alice/mine'])
    expect((await client.get('/-/web/package/@alice/mine')).status).toBe(200)
  })

  it('answers what is not there with a page, and a program with a problem', async () => {
    const { status, text } = await new PageClient(url).get('/-/web/package/nothing-here')
    expect(status).toBe(404)
    expect(text).toContain('PACKAGE_NOT_FOUND')
    expect((await call(`${url}/-/web/package/nothing-here`)).body).toMatchObject({ code: 'PACKAGE_NOT_FOUND' })
  })
})
