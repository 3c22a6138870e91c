import { cp, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Contexts } from '../expressions/evaluate.ts'
import type { JobSession } from '../engine/job-session.ts'
import { matchesAny } from '../workflow/matches.ts'

const run = promisify(execFile)

interface StandInCall {
  readonly session: JobSession
  readonly inputs: Readonly<Record<string, string>>
  readonly contexts: Contexts
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

/** What a third-party action does, done against the local GitHub. By name and SHA: a new version is looked at before it runs. */
export interface StandIn {
  readonly shas: readonly string[]
  readonly inputs: readonly string[]
  /** Gives the step's outputs. */
  run(call: StandInCall): Promise<Record<string, string>>
}

/**
 * Lets a checkout read the objects of the repository that it fetches from (gitrepository-layout(5): objects/info/alternates), as
 * `git clone --shared` does: the fetch then copies nothing. How deep the history goes is still the fetch's business.
 */
async function shareObjects(folder: string, repository: string): Promise<void> {
  await writeFile(join(folder, '.git/objects/info/alternates'), `${join(repository, 'objects')}\n`)
}

/** A real fetch of the run's commit from the bare repository. */
const checkout: StandIn = {
  shas: ['3d3c42e5aac5ba805825da76410c181273ba90b1'],
  inputs: ['ref', 'fetch-depth', 'persist-credentials', 'path', 'clean', 'fetch-tags'],
  run: async ({ session, inputs, contexts, log }) => {
    const github = contexts['github'] as Readonly<Record<string, string>>
    const folder = join(session.folders.workspace, inputs['path'] ?? '')
    const wanted = inputs['ref'] || github['sha'] || ''
    const commit = await session.hub.repository.resolve(wanted)
    if (commit == null) throw new Error(`checkout: there is no ref ${wanted}`)
    const depth = Number(inputs['fetch-depth'] ?? 1)
    await mkdir(folder, { recursive: true })
    const git = (...args: string[]) => run('git', ['-C', folder, ...args], { maxBuffer: 64 * 1024 * 1024 })
    await git('init', '--quiet', '--initial-branch=main')
    await shareObjects(folder, session.hub.repository.folder)
    const remote = `file://${session.hub.repository.folder}`
    await git('remote', 'add', 'origin', remote).catch(() => git('remote', 'set-url', 'origin', remote))
    await git(
      'fetch',
      '--quiet',
      '--no-tags',
      ...(depth > 0 ? [`--depth=${depth}`] : []),
      'origin',
      ...(depth > 0 ? [] : ['+refs/heads/*:refs/remotes/origin/*']),
      commit,
    )
    await git('checkout', '--quiet', '--force', '--detach', commit)
    log(`checked out ${commit}`)
    return { commit, ref: wanted }
  },
}

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
