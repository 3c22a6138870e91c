import { spawn } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { installClients, run } from '../clients/installed-clients.ts'
import { signIn } from '../client.ts'
import { startDatabases } from '../running-registry.ts'
import type { Databases, RunningRegistry } from '../running-registry.ts'
import { missingBrowser, openBrowser } from './open-browser.ts'

const missing = missingBrowser()
let databases: Databases
let server: RunningRegistry
let browser: Browser

beforeAll(async () => {
  if (missing) return
  databases = await startDatabases(1)
  server = await databases.start()
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await databases?.close()
})

describe.skipIf(missing)('npm login --auth-type=web', () => {
  it('signs the terminal in when somebody signs in on the page that it names', async () => {
    await signIn(server.url, 'wanda')
    const { npm } = installClients()
    const cwd = join(databases.folder, 'login', 'project')
    await mkdir(cwd, { recursive: true })
    await mkdir(join(cwd, '..', 'home'), { recursive: true })
    const child = spawn(npm, ['login', '--auth-type=web', '--registry', server.url], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
        HOME: join(cwd, '..', 'home'),
        CI: 'true',
        NO_COLOR: '1',
        // npm would open a browser of its own.
        npm_config_browser: 'false',
      },
    })
    try {
      let output = ''
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
      const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
      await expect.poll(() => output, { timeout: 120_000 }).toMatch(/\/-\/web\/login\?for=[\w-]+/)
      const [page = ''] = /http:\/\/\S+\/-\/web\/login\?for=[\w-]+/.exec(output) ?? []

      const tab = await browser.newPage()
      await tab.goto(page)
      await tab.getByLabel('User name').fill('wanda')
      await tab.getByLabel('Password').fill('wanda has a password')
      await tab.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
      await tab.getByRole('heading', { name: 'Signed in' }).waitFor()

      expect(`exit ${await closed}\n${output}`).toMatch(/^exit 0\n/)
    } finally {
      child.kill()
    }
    expect(await readFile(join(cwd, '..', 'home', '.npmrc'), 'utf8')).toMatch(/:_authToken="?slu_/)
    expect((await run(npm, ['whoami', '--registry', server.url], cwd)).output).toContain('wanda')
  })
})
