import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { fakeAws } from '../fakes/aws-server.ts'
import { environmentFiles, writeFolder } from '../fakes/environments.ts'
import { fakeRegistry } from '../fakes/registry-server.ts'
import { runEntry } from '../fakes/run-entry.ts'

const cacheFolder = mkdtempSync(join(tmpdir(), 'sluice-cache-'))
const token = Buffer.from('AWS:secret').toString('base64')

function repository(host: string, account = '000000000000') {
  const project = environmentFiles['environments/project.yaml'] ?? ''
  const folder = writeFolder({
    ...environmentFiles,
    'environments/project.yaml': project.replace(
      'artifacts: { account: "000000000000",',
      `artifacts: { account: "${account}", host: "${host}",`,
    ),
    'package.json': '{"name":"root","private":true,"workspaces":["app"]}',
    'package-lock.json': JSON.stringify({
      name: 'root',
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': { name: 'root', workspaces: ['app'] },
        app: { name: '@acme/app', version: '1.4.0' },
        'node_modules/@acme/app': { resolved: 'app', link: true },
      },
    }),
    'app/package.json': '{"name":"@acme/app","version":"1.4.0","type":"module"}',
    'app/Dockerfile': 'ARG BASE\nFROM ${BASE}\nCOPY app/src ./src\nCMD ["node", "src/main.ts"]\n',
    'app/src/main.ts': 'console.log(1)\n',
    'app/untracked.ts': 'not committed\n',
  })
  const env = {
    GIT_AUTHOR_DATE: '2026-11-20T12:00:00Z',
    GIT_COMMITTER_DATE: '2026-11-20T12:00:00Z',
    PATH: process.env['PATH'],
  }
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], { cwd: folder, env })
  git('init', '--quiet')
  git('add', '--all', ':!app/untracked.ts')
  git('commit', '--quiet', '-m', 'feat: x')
  return folder
}

/** The image's layers, unpacked over each other. */
function unpack({ layers }: { layers: Array<{ digest: string }> }, blobs: Map<string, Buffer>): string {
  const root = mkdtempSync(join(tmpdir(), 'sluice-root-'))
  chmodSync(root, 0o755) // mkdtemp leaves it to its owner alone
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const { digest } of layers) execFileSync('tar', ['-xzf', '-', '-C', root], { input: blobs.get(digest) })
  return root
}

/** Runs a program with `root` as its root: as root by chroot, else in a user namespace. */
function startAs(root: string, command: string[]): string {
  const isRoot = process.getuid?.() === 0
  const before = isRoot ? ['chroot', '--userspec=65532:65532', root] : ['unshare', '--map-root-user', 'chroot', root]
  const [program = '', ...args] = [...before, ...command]
  return execFileSync(program, args, { encoding: 'utf8', env: { PATH: process.env['PATH'] } }).trim()
}

async function build(folder: string, push = 'true') {
  const endpoint = await fakeAws({
    GetAuthorizationToken: () => ({ authorizationData: [{ authorizationToken: token }] }),
  })
  const env = { GITHUB_WORKSPACE: folder, AWS_ENDPOINT_URL: endpoint, RUNNER_TOOL_CACHE: cacheFolder }
  return runEntry('build-image', { service: 'registry', push }, env)
}

it('builds and pushes the commit, twice with the same digest, and keeps the token out of the log', async () => {
  const registry = await fakeRegistry(`Basic ${token}`)
  const folder = repository(registry.host)
  const [first, second] = [await build(folder), await build(folder)]
  expect(first.log.replaceAll(/^::add-mask::.*$/gm, '')).not.toContain(token)
  expect(first).toMatchObject({ code: 0 })
  expect(second.outputs).toEqual(first.outputs)
  expect(second.summary).toContain('was in the registry before')
  const release = JSON.parse(first.outputs['release'] ?? '')
  expect(release).toEqual({
    image: `component-registry@${first.outputs['digest']}`,
    commit: execFileSync('git', ['rev-parse', 'HEAD'], { cwd: folder, encoding: 'utf8' }).trim(),
    version: `1.4.0+${release.commit.slice(0, 7)}`,
  })
  expect(registry.manifests.has(first.outputs['digest'] ?? '')).toBe(true)
  const manifest = JSON.parse(registry.manifests.get(first.outputs['digest'] ?? '')?.toString() ?? '{}')
  const config = JSON.parse(registry.blobs.get(manifest.config.digest)?.toString() ?? '{}')
  expect(startAs(unpack(manifest, registry.blobs), ['/usr/local/bin/node', '/srv/app/src/main.ts'])).toBe('1')
  expect(config.config).toMatchObject({ User: '65532:65532', Cmd: ['node', 'src/main.ts'], WorkingDir: '/srv/app' })
})

it('refuses to push a local base to a real account, and says what to name', async () => {
  const registry = await fakeRegistry(`Basic ${token}`)
  const run = await build(repository(registry.host, '999999999999'))
  expect(run.code).toBe(1)
  expect(run.log).toContain('expected a base image for account 999999999999, found none')
  expect(registry.requests).toEqual([])
})

it('builds without pushing, for a pull request of a fork', async () => {
  const registry = await fakeRegistry(`Basic ${token}`)
  const run = await build(repository(registry.host, '999999999999'), 'false')
  expect(run).toMatchObject({ code: 0 })
  expect(registry.requests).toEqual([])
})
