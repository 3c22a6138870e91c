import { createRequire } from 'node:module'
import { readFile } from 'node:fs/promises'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, publish, signIn } from '../client.ts'
import { adminPassword, startDatabases } from '../running-registry.ts'
import type { Databases, RunningRegistry } from '../running-registry.ts'
import { fillCatalogue } from './catalogue.ts'
import { missingBrowser, openBrowser } from './open-browser.ts'

/** The pages in a real browser, as people use them: by pointer, by keyboard, without scripts, and as axe sees them. */
let databases: Databases
let server: RunningRegistry
let url: string
let browser: Browser
const missing = missingBrowser()

beforeAll(async () => {
  if (missing) return
  databases = await startDatabases()
  server = await databases.start()
  ;({ url } = server)
  await fillCatalogue(server)
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await databases?.close()
})

/** A page in a context of its own that fails the test when the policy blocks something of ours or a script throws. */
async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<{ page: Page; problems: string[] }> {
  const page = await (await browser.newContext(options)).newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Uncaught/.test(message.text()))
      problems.push(message.text())
  })
  page.on('dialog', async (dialog) => {
    problems.push(`a dialog: ${dialog.message()}`)
    await dialog.dismiss()
  })
  return { page, problems }
}

async function signInAs(page: Page, user: string, password: string): Promise<void> {
  await page.goto(`${url}/-/web/login`)
  await page.getByLabel('User name').fill(user)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('link', { name: 'Tokens', exact: true }).waitFor()
}

describe.skipIf(missing)('search', () => {
  it('finds while somebody types, and tells a screen reader how much', async () => {
    const { page, problems } = await open()
    await page.goto(`${url}/-/web/`)
    await page.getByRole('searchbox').pressSequentially('dialo')
    await page.getByRole('link', { name: '@acme/dialog', exact: true }).waitFor()
    await expect.poll(() => page.locator('.results > li').count()).toBe(1)
    await expect.poll(() => page.getByRole('status').textContent()).toContain('1 package for \u201cdialo\u201d')
    await expect.poll(() => page.url()).toBe(`${url}/-/web/?q=dialo`)
    await page.getByRole('searchbox').fill('')
    await expect.poll(() => page.locator('.results > li').count()).toBe(6)
    await page.getByRole('searchbox').fill('<img src=x onerror=alert(1)>')
    await page.getByText('No package matches').waitFor()
    expect(problems).toEqual([])
  })

  it('finds without scripts', async () => {
    const { page } = await open({ javaScriptEnabled: false })
    await page.goto(`${url}/-/web/`)
    await page.getByRole('searchbox').fill('toast')
    await page.keyboard.press('Enter')
    await page.waitForURL(`${url}/-/web/?q=toast`)
    await expect.poll(() => page.locator('.results > li').count()).toBe(1)
  })

  it('is reached, and a package opened, by keyboard alone', async () => {
    const { page } = await open()
    await page.goto(`${url}/-/web/?q=dialog`)
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('@acme/dialog')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/-/web/package/@acme/dialog')
  })
})

describe.skipIf(missing)('by keyboard alone', () => {
  /** Moves on until what has the focus is called so. */
  async function reach(page: Page, name: string): Promise<void> {
    const focused = `{
      const at = document.activeElement
      ;[at.getAttribute('aria-label'), at.labels?.[0]?.textContent, at.textContent].map((each) => (each ?? '').trim()).find(Boolean) ?? ''
    }`
    for (let turn = 0; turn < 60; turn += 1) {
      await page.keyboard.press('Tab')
      if ((await page.evaluate<string>(focused)) === name) return
    }
    throw new Error(`expected ${name} within 60 steps of the focus`)
  }

  it('somebody signs in, makes a token, revokes it, reads another view of a package, and signs out', async () => {
    await signIn(url, 'kim')
    const { page, problems } = await open()
    await page.goto(`${url}/-/web/login`)
    await reach(page, 'User name')
    await page.keyboard.type('kim')
    await reach(page, 'Password')
    await page.keyboard.type('kim has a password')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Tokens', exact: true }).waitFor()
    await reach(page, 'Tokens')
    await page.keyboard.press('Enter')
    await page.waitForURL(`${url}/-/web/tokens`)
    await reach(page, 'Name')
    await page.keyboard.type('By keyboard')
    await reach(page, 'Make the token')
    await page.keyboard.press('Enter')
    await page.locator('#token').waitFor()
    const button = page.getByRole('button', { name: /^Revoke By keyboard/ })
    await reach(page, (await button.getAttribute('aria-label')) ?? '')
    await page.keyboard.press('Enter')
    await button.waitFor({ state: 'detached' })
    await page.goto(`${url}/-/web/package/@acme/dialog`)
    await reach(page, '4 versions')
    await page.keyboard.press('Enter')
    await page.waitForURL('**view=versions')
    await reach(page, 'Sign out kim')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
    expect(problems).toEqual([])
  })
})

describe.skipIf(missing)('a package', () => {
  it('is read: README, versions, dependencies, and the source of the component', async () => {
    const { page, problems } = await open()
    await page.goto(`${url}/-/web/package/@acme/dialog`)
    await page.getByRole('heading', { name: '@acme/dialog', level: 1 }).waitFor()
    await page.getByRole('heading', { name: 'Dialog', level: 3, exact: true }).waitFor()
    await page.getByRole('link', { name: '4 versions' }).click()
    await expect.poll(() => page.getByRole('row').count()).toBe(5)
    await page.getByRole('link', { name: '3 dependencies' }).click()
    await page.getByRole('row', { name: 'react >=19' }).waitFor()
    await page.getByRole('link', { name: 'Component source' }).click()
    await page.getByText('export function dialog').waitFor()
    expect(problems).toEqual([])
  })

  it('with a hostile README does nothing: no dialog, no script, no request, no other look', async () => {
    const { page, problems } = await open()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(`${url}/-/web/package/@acme/button`)
    await page.getByText('A button that tries to run scripts.').waitFor()
    for (const text of ['run', 'data']) await page.locator('.readme').getByText(text, { exact: false }).first().click()
    await page.waitForTimeout(500)
    expect(asked.filter((each) => !each.startsWith('data:'))).toEqual([`${url}/-/web/package/@acme/button`])
    expect(await page.evaluate('globalThis.pwned')).toBeUndefined()
    expect(
      await page.locator('.readme').locator('script, img, svg, iframe, form, style, meta, [onclick]').count(),
    ).toBe(0)
    expect(page.url()).toBe(`${url}/-/web/package/@acme/button`)
    expect(problems).toEqual([])
  })

  it('runs nothing that somebody brings into the page all the same', async () => {
    const { page, problems } = await open()
    await page.goto(`${url}/-/web/package/@acme/button`)
    await page.evaluate(`{
      const script = document.createElement('script'); script.textContent = 'globalThis.pwned = 1'; document.body.append(script)
      const image = document.createElement('div'); image.innerHTML = '<img src=x onerror="globalThis.pwned = 2">'; document.body.append(image)
      const other = document.createElement('script'); other.src = '/@acme/button/-/button-1.0.0.tgz'; document.body.append(other)
    }`)
    await expect.poll(() => problems.length).toBeGreaterThanOrEqual(2)
    expect(await page.evaluate('globalThis.pwned')).toBeUndefined()
  })
})

describe.skipIf(missing)('tokens', () => {
  it('are made on the page, work as they should, and end when they are revoked there', async () => {
    await signIn(url, 'zoe')
    const { page, problems } = await open()
    await signInAs(page, 'zoe', 'zoe has a password')
    await page.getByRole('link', { name: 'Tokens', exact: true }).click()
    await page.getByLabel('Name', { exact: true }).fill('Build server')
    await page.getByLabel('Addresses it may be used from').fill('127.0.0.0/8')
    await page.getByRole('button', { name: 'Make the token' }).click()
    const token = (await page.locator('#token').textContent())?.trim() ?? ''
    expect((await call(`${url}/-/whoami`, { token })).body).toEqual({ username: 'zoe' })
    expect((await publish(url, token, '@zoe/x', '1.0.0')).body).toMatchObject({ code: 'READ_ONLY_TOKEN' })
    await page.getByRole('button', { name: /^Revoke Build server/ }).click()
    await page.waitForURL(`${url}/-/web/tokens`)
    await expect.poll(async () => (await call(`${url}/-/whoami`, { token })).status).toBe(401)
    await page.getByRole('button', { name: 'Sign out zoe' }).click()
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
    await page.goto(`${url}/-/web/tokens`)
    expect(page.url()).toContain('/-/web/login?next=')
    expect(problems).toEqual([])
  })
})

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}

const pages: readonly [name: string, path: string, as?: 'admin'][] = [
  ['all packages', '/-/web/'],
  ['nothing found', '/-/web/?q=there-is-no-such-thing'],
  ['a package', '/-/web/package/@acme/dialog'],
  ['versions', '/-/web/package/@acme/dialog?view=versions'],
  ['dependencies', '/-/web/package/@acme/dialog?view=dependencies'],
  ['component source', '/-/web/package/@acme/dialog?view=source&version=1.1.0'],
  ['a hostile README', '/-/web/package/@acme/button'],
  ['what is not there', '/-/web/package/nothing-here'],
  ['signing in', '/-/web/login'],
  ['a package, signed in', '/-/web/package/@acme/dialog', 'admin'],
  ['tokens', '/-/web/tokens', 'admin'],
  ['signing a terminal in', '/-/web/login?for=abcdef', 'admin'],
  ['administration', '/-/web/admin', 'admin'],
  ['people', '/-/web/admin/people', 'admin'],
  ['the audit log', '/-/web/admin/audit', 'admin'],
  ['nothing logged', '/-/web/admin/audit?text=nobody-did-this', 'admin'],
]

/** What forms are answered with: pages that no address leads to. Each ends when the answer is there. */
const answers: readonly [name: string, as: 'admin' | undefined, send: (page: Page) => Promise<void>][] = [
  [
    'a wrong password',
    undefined,
    async (page) => {
      await page.goto(`${url}/-/web/login`)
      await page.getByLabel('User name').fill('admin')
      await page.getByLabel('Password').fill('a guess of mine')
      await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('alert').waitFor()
    },
  ],
  [
    'a token that was made',
    'admin',
    async (page) => {
      await page.goto(`${url}/-/web/tokens`)
      await page.getByLabel('Name', { exact: true }).fill('Build server')
      await page.getByRole('button', { name: 'Make the token' }).click()
      await page.locator('#token').waitFor()
    },
  ],
  [
    'a token that was not made',
    'admin',
    async (page) => {
      await page.goto(`${url}/-/web/tokens`)
      await page.getByLabel('Name', { exact: true }).fill('Build server')
      await page.getByLabel('Addresses it may be used from').fill('everywhere')
      await page.getByRole('button', { name: 'Make the token' }).click()
      await page.getByRole('alert').waitFor()
    },
  ],
  [
    'a terminal that is signed in',
    'admin',
    async (page) => {
      const { body } = await call<{ loginUrl: string }>(`${url}/-/v1/login`, { method: 'POST', body: {} })
      await page.goto(body.loginUrl)
      await page.getByRole('button', { name: 'Sign the terminal in' }).click()
      await page.getByRole('heading', { name: 'Signed in' }).waitFor()
    },
  ],
  [
    'a sign-in that has expired',
    'admin',
    async (page) => {
      await page.goto(`${url}/-/web/login?for=abcdef`)
      await page.getByRole('button', { name: 'Sign the terminal in' }).click()
      await page.getByRole('heading', { name: 'This sign-in has expired' }).waitFor()
    },
  ],
  [
    'a user who was not made',
    'admin',
    async (page) => {
      await page.goto(`${url}/-/web/admin/people`)
      await page.locator('#new-user').fill('alice')
      await page.getByLabel('First password').fill('alice has a password')
      await page.locator('#new-scope').fill('@alice')
      await page.getByRole('button', { name: 'Make', exact: true }).click()
      await page.getByText('Nothing was changed').waitFor()
    },
  ],
]

describe.skipIf(missing).each(['light', 'dark'] as const)('axe finds nothing wrong, %s', (colorScheme) => {
  const contexts = new Map<'admin' | undefined, BrowserContext>()
  let axe: string

  beforeAll(async () => {
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    // The policy would keep axe out too; it is tested above.
    for (const as of [undefined, 'admin'] as const)
      contexts.set(as, await browser.newContext({ colorScheme, bypassCSP: true }))
    const page = await contexts.get('admin')?.newPage()
    if (page) await signInAs(page, 'admin', adminPassword)
  })

  const violationsOf = async (page: Page) => {
    await page.evaluate(axe)
    const { violations } = (await page.evaluate('axe.run()')) as { violations: Violation[] }
    return violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)])
  }

  it.each(pages)('with %s', async (_name, path, as) => {
    const page = await contexts.get(as)?.newPage()
    if (!page) throw new Error('expected a browser context, found none')
    for (const viewport of [
      { width: 1280, height: 900 },
      { width: 360, height: 740 },
    ]) {
      await page.setViewportSize(viewport)
      await page.goto(url + path)
      expect(await violationsOf(page)).toEqual([])
      // Nothing but tables and code in frames of their own may be wider than a phone.
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    }
    await page.close()
  })

  it.each(answers)('with %s', async (_name, as, send) => {
    const page = await contexts.get(as)?.newPage()
    if (!page) throw new Error('expected a browser context, found none')
    await page.setViewportSize({ width: 360, height: 740 })
    await send(page)
    expect(await violationsOf(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    await page.close()
  })
})
