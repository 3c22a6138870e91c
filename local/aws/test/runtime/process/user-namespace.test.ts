import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, expect, it } from 'vitest'

import { whyNoNamespaces } from '../../../src/runtime/process/probe.ts'
import { processRuntime } from '../../../src/runtime/process/process-runtime.ts'
import { nodeImage } from '../tiny-image.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-user-namespace-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const unavailable = whyNoNamespaces()
const isRequired = process.env['SLUICE_REQUIRE'] === 'all'

it.skipIf(unavailable !== undefined && !isRequired).each([
  ['65532:65532', [65_532, 65_532]],
  ['0', [0, 0]],
])('runs as user %s in a user namespace, with no right over the host', async (user, ids) => {
  const runtime = processRuntime(folder, false, folder)
  const heard: string[] = []
  const text = `
    const fs = require('fs')
    const id = [process.getuid(), process.getgid()]
    const attempt = (work) => { try { work(); return 'done' } catch (error) { return error.code } }
    console.log(JSON.stringify({
      id,
      proc: attempt(() => fs.writeFileSync('/proc/sys/vm/swappiness', fs.readFileSync('/proc/sys/vm/swappiness'))),
      root: attempt(() => fs.writeFileSync('/mark', '')),
      isMapped: fs.readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\\s+/).at(-1) === '1',
    }))`
  const container = await runtime.start({
    id: `mapped-${ids[0]}`,
    image: await nodeImage(folder),
    user,
    command: ['-e', text],
    environment: {},
    memoryMiB: 128,
    readonlyRootFilesystem: true,
    onOutput: (line) => heard.push(line),
  })
  expect(await container.exited).toEqual({ exitCode: 0 })
  expect(JSON.parse(heard.at(-1) ?? '')).toEqual({ id: ids, proc: 'EROFS', root: 'EROFS', isMapped: true })
  expect(runtime.notes).toEqual(['The memory of tasks is not limited: there is no memory cgroup that may be written.'])
})
