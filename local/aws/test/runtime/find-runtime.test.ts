import { createServer } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { expectRuntime, findRuntime } from '../../src/runtime/find-runtime.ts'
import { whyNoNamespaces } from '../../src/runtime/process/probe.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-runtimes-'))
  vi.stubEnv('DOCKER_HOST', `unix://${folder}/docker.sock`)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

/** An engine that says for which system its containers are. */
async function engine(Os: string): Promise<void> {
  const server = createServer((_, response) => response.end(JSON.stringify({ Os })))
  await new Promise<void>((resolve) => server.listen(join(folder, 'docker.sock'), resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
}
const named = async (wanted: 'auto' | 'docker' | 'process') => {
  const found = await findRuntime({ wanted, stateFolder: join(folder, 'state') })
  return found.available ? found.runtime.name : found.reason
}
const noNamespaces = whyNoNamespaces()

it('is docker by itself where an engine answers', async () => {
  await engine('linux')
  expect(await named('auto')).toBe('docker')
})

it.skipIf(noNamespaces)(
  `is processes by itself where none does (needs namespaces: ${noNamespaces ?? ''})`,
  async () => {
    expect(await named('auto')).toBe('process')
    await engine('windows')
    expect(await named('auto')).toBe('process')
  },
)

it.each([
  ['none answers', undefined, /none answers at unix:.*docker\.sock/],
  ['it is for other containers', 'windows', /needs an engine for Linux containers.*is for windows/],
])('is not docker where %s, and says so before anything is written', async (_, os, reason) => {
  if (os != null) await engine(os)
  expect(await named('docker')).toMatch(reason)
  await expect(expectRuntime('docker')).rejects.toThrow(reason)
  await expect(expectRuntime('docker')).rejects.toThrow(/no runtime for tasks \(docker\)/)
})
