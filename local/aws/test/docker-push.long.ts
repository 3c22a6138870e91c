import { execFile, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { type LocalAws, startAws } from '../src/index.ts'

const run = promisify(execFile)
const isRequired = process.env['SLUICE_REQUIRE'] === 'all'
const missing = ['docker version', 'skopeo --version', 'aws --version'].filter((command) => {
  const [program = '', ...args] = command.split(' ')
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return false
  } catch {
    return true
  }
})
const folder = mkdtempSync(join(tmpdir(), 'sluice-docker-push-'))
let aws: LocalAws
/** Nothing of the caller's: a docker configuration of its own, for the login is written there. */
const environment = () => ({
  PATH: process.env['PATH'] ?? '',
  HOME: folder,
  DOCKER_CONFIG: join(folder, 'docker'),
  ...aws.environment(),
})

async function command(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(program, args, { env: environment() })
  return stdout.trim()
}

/** `aws ecr get-login-password | docker login`, as AWS's own instructions have it. */
async function login(host: string): Promise<void> {
  const password = await command('aws', 'ecr', 'get-login-password')
  const child = spawn('docker', ['login', '--username', 'AWS', '--password-stdin', host], { env: environment() })
  child.stdin.end(password)
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
}

describe.skipIf(missing.length > 0 && !isRequired)(`docker and skopeo (missing: ${missing.join(', ')})`, () => {
  const images: string[] = []
  beforeAll(async () => {
    aws = await startAws({ port: 0, stateFolder: join(folder, 'state'), speed: 20, runtime: 'auto' })
  })
  afterAll(async () => {
    for (const image of images) await command('docker', 'rmi', '--force', image).catch(() => undefined)
    await aws.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('push, copy and pull an image: one digest everywhere', { timeout: 400_000 }, async () => {
    const { host } = new URL(aws.url)
    const image = `${host}/pushed:v1`
    mkdirSync(join(folder, 'root'))
    writeFileSync(join(folder, 'root/hello'), 'hello')
    execFileSync('tar', ['-cf', join(folder, 'root.tar'), '-C', join(folder, 'root'), 'hello'])
    await command('docker', 'import', '--change', 'CMD ["/hello"]', join(folder, 'root.tar'), image)
    images.push(image)
    await command('aws', 'ecr', 'create-repository', '--repository-name', 'pushed')
    await command('aws', 'ecr', 'create-repository', '--repository-name', 'copied')
    await login(host)

    await command('docker', 'push', image)
    const [reference = ''] = JSON.parse(
      await command('docker', 'inspect', '--format', '{{json .RepoDigests}}', image),
    ) as string[]
    const digest = reference.split('@')[1] ?? ''
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/)

    const described = JSON.parse(
      await command('aws', 'ecr', 'describe-images', '--repository-name', 'pushed', '--output', 'json'),
    ) as { imageDetails: object[] }
    expect(described.imageDetails).toMatchObject([{ imageDigest: digest, imageTags: ['v1'], repositoryName: 'pushed' }])

    const insecure = [
      '--src-tls-verify=false',
      '--dest-tls-verify=false',
      '--authfile',
      join(folder, 'docker/config.json'),
    ]
    await command('skopeo', 'copy', ...insecure, `docker://${image}`, `docker://${host}/copied:v1`)
    await command(
      'skopeo',
      'copy',
      ...insecure.filter((flag) => !flag.startsWith('--dest')),
      `docker://${host}/copied:v1`,
      `oci:${folder}/layout:v1`,
    )
    const inspected = JSON.parse(
      await command('skopeo', 'inspect', '--tls-verify=false', ...insecure.slice(2), `docker://${host}/copied:v1`),
    ) as { Digest: string }
    expect(inspected.Digest).toBe(digest)
    expect(readFileSync(join(folder, 'layout/index.json'), 'utf8')).toContain('sha256:')

    await command('docker', 'rmi', '--force', image)
    const pulled = `${host}/copied@${digest}`
    expect(await command('docker', 'pull', '--quiet', pulled)).toBe(pulled)
    images.push(pulled)
    expect(await command('docker', 'inspect', '--format', '{{json .RepoDigests}}', pulled)).toContain(digest)
  })
})
