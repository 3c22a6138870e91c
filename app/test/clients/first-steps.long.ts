import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../src/embedded/free-port.ts'
import { installClients } from './installed-clients.ts'
import { openIsland } from './island.ts'

/** The lines of the README's first five minutes, as somebody types them who has nothing but this repository. */
const root = fileURLToPath(new URL('../../../', import.meta.url))
const readme = readFileSync(join(root, 'app/README.md'), 'utf8')
const section = /^## The first five minutes$([\s\S]*?)^## /m.exec(readme)?.[1] ?? ''
const [start = '', ...steps] = [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, lines]) => lines ?? '')
const folder = mkdtempSync(join(tmpdir(), 'registry-first-steps-'))
const bin = join(folder, 'bin')
const path = `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`

beforeAll(() => {
  const clients = installClients()
  mkdirSync(bin)
  mkdirSync(join(folder, 'home'))
  symlinkSync(clients.npm, join(bin, 'npm'))
  symlinkSync(join(dirname(clients.npm), 'npx'), join(bin, 'npx'))
  // npx takes what is installed above the project before it asks a registry for it.
  mkdirSync(join(folder, 'work/node_modules/.bin'), { recursive: true })
  symlinkSync(clients.shadcn, join(folder, 'work/node_modules/.bin/shadcn'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('start it, sign in, publish, install, and add', { timeout: 300_000 }, async () => {
  const port = await freePort('127.0.0.1')
  const home = join(folder, 'home')
  const server = spawn('sh', ['-ec', start], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: path, HOME: home, PORT: String(port), REGISTRY_DATA: join(folder, 'data') },
  })
  try {
    let output = ''
    server.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    await expect.poll(() => output, { timeout: 120_000 }).toMatch(/"listening on/)
    const [, password = ''] = /The user admin was made, with the password (\S+) /.exec(output) ?? []
    const island = await openIsland(`http://127.0.0.1:${port}`, folder)
    const script = steps.join('\n').replaceAll('4873', String(port))
    const work = join(folder, 'work')
    const { code, output: told } = await island.run('sh', ['-ec', script], work, {
      environment: { PATH: path, HOME: home },
      answers: [
        ['Username:', 'admin'],
        ['Password:', password],
      ],
    })
    await island.close()
    expect(`exit ${code}\n${told}`).toMatch(/^exit 0\n/)
    const source = 'export const Button = () => <button>Press</button>\n'
    expect(readFileSync(join(work, 'project/node_modules/@acme/button/button.tsx'), 'utf8')).toBe(source)
    expect(readFileSync(join(work, 'project/components/button.tsx'), 'utf8')).toBe(source)
    expect(JSON.parse(readFileSync(join(work, 'project/package.json'), 'utf8'))).toMatchObject({
      dependencies: { '@acme/button': '^1.0.0' },
    })
  } finally {
    const ended = new Promise((resolve) => server.once('close', resolve))
    process.kill(-(server.pid ?? 0), 'SIGTERM')
    await ended
  }
})
