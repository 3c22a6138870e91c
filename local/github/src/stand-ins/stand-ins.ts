import { cp, mkdir, readdir, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import type { JobSession } from '../engine/job-session.ts'
import { matchesAny } from '../workflow/matches.ts'
import { checkout } from './checkout.ts'
import type { StandIn } from './stand-in.ts'

/** The runner's own Node is the one that the project brings; another major is refused. */
const setupNode: StandIn = {
  shas: ['820762786026740c76f36085b0efc47a31fe5020'],
  inputs: ['node-version', 'cache', 'package-manager-cache', 'node-version-file'],
  run: async ({ inputs, log }) => {
    const wanted = (inputs['node-version'] ?? '').split('.')[0] ?? ''
    const found = process.versions.node.split('.')[0] ?? ''
    if (wanted !== '' && wanted !== found)
      throw new Error(`setup-node: expected Node ${wanted}, the local runner has ${process.version}`)
    log(`Node ${process.version}`)
    return { 'node-version': process.version, 'cache-hit': 'false' }
  },
}

const artifactsOf = (session: JobSession) => join(session.run.folder, 'artifacts')

const uploadArtifact: StandIn = {
  shas: ['bbbca2ddaa5d8feaa63e36b76fdaad77386f024f'],
  inputs: ['name', 'path', 'if-no-files-found', 'retention-days', 'compression-level', 'overwrite'],
  run: async ({ session, inputs, log }) => {
    const name = inputs['name'] || 'artifact'
    const target = join(artifactsOf(session), name)
    const paths = (inputs['path'] ?? '')
      .split('\n')
      .map((path) => path.trim())
      .filter((path) => path !== '')
    let copied = 0
    for (const path of paths) {
      const from = isAbsolute(path) ? path : join(session.folders.workspace, path)
      const kind = await stat(from).catch(() => undefined)
      if (!kind) continue
      const to = kind.isDirectory() ? target : join(target, from.slice(dirname(from).length + 1))
      await cp(from, to, { recursive: true })
      copied += 1
    }
    if (copied === 0 && inputs['if-no-files-found'] === 'error')
      throw new Error(`upload-artifact: nothing was found at ${paths.join(', ')}`)
    log(`artifact ${name}: ${copied} path(s)`)
    return { 'artifact-id': name, 'artifact-digest': '' }
  },
}

const downloadArtifact: StandIn = {
  shas: ['3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c'],
  inputs: ['name', 'pattern', 'path', 'merge-multiple'],
  run: async ({ session, inputs, log }) => {
    const to = join(session.folders.workspace, inputs['path'] ?? '')
    const there = await readdir(artifactsOf(session)).catch(() => [])
    const { name, pattern } = inputs
    const wanted = there.filter((one) => (name ? one === name : matchesAny([pattern || '*'], one)))
    if (name && wanted.length === 0)
      throw new Error(`download-artifact: this run has no artifact ${name}, only ${there.join(', ') || 'none'}`)
    await mkdir(to, { recursive: true })
    for (const one of wanted) {
      const isFlat = Boolean(name) || inputs['merge-multiple'] === 'true'
      await cp(join(artifactsOf(session), one), isFlat ? to : join(to, one), { recursive: true })
    }
    log(`downloaded ${wanted.join(', ') || 'nothing'}`)
    return { 'download-path': to }
  },
}

const cache: StandIn = {
  shas: ['27d5ce7f107fe9357f9df03efb73ab90386fccae'],
  inputs: ['path', 'key', 'restore-keys'],
  run: async ({ log }) => {
    log('the local runner keeps no cache of its own')
    return { 'cache-hit': 'false' }
  },
}

export const standIns: Readonly<Record<string, StandIn>> = {
  'actions/checkout': checkout,
  'actions/setup-node': setupNode,
  'actions/upload-artifact': uploadArtifact,
  'actions/download-artifact': downloadArtifact,
  'actions/cache': cache,
}
