import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { StandIn } from './stand-in.ts'

const run = promisify(execFile)

/** A real fetch of the run's commit from the bare repository, as deep as asked. */
export const checkout: StandIn = {
  shas: ['3d3c42e5aac5ba805825da76410c181273ba90b1'],
  inputs: ['ref', 'fetch-depth', 'persist-credentials', 'path', 'clean', 'fetch-tags'],
  run: async ({ session, inputs, contexts, log }) => {
    const github = contexts['github'] as Readonly<Record<string, string>>
    const folder = join(session.folders.workspace, inputs['path'] ?? '')
    const wanted = inputs['ref'] || github['sha'] || ''
    const repository = session.hub.repository.folder
    const commit = await session.hub.repository.resolve(wanted)
    if (commit == null) throw new Error(`checkout: there is no ref ${wanted}`)
    const depth = Number(inputs['fetch-depth'] ?? 1)
    await mkdir(folder, { recursive: true })
    await git(folder, 'init', '--quiet', '--initial-branch=main')
    const remote = `file://${repository}`
    await git(folder, 'remote', 'add', 'origin', remote).catch(() => git(folder, 'remote', 'set-url', 'origin', remote))
    await shareObjects(folder, depth > 0 ? await fetchedObjects(repository, commit, depth) : repository)
    await fetch(folder, commit, depth)
    await git(folder, 'checkout', '--quiet', '--force', '--detach', commit)
    log(`checked out ${commit}`)
    return { commit, ref: wanted }
  },
}

/** What was fetched for a job before, by its folder: the jobs of a run mostly want the same. */
const fetched = new Map<string, Promise<string>>()

/** A repository that holds a commit as deep as asked and no object more: a job that needs history must find that it has none. */
function fetchedObjects(repository: string, commit: string, depth: number): Promise<string> {
  const folder = `${repository}-fetched/${commit}-${depth}`
  const known = fetched.get(folder)
  if (known) return known
  const fetching = (async () => {
    await mkdir(folder, { recursive: true })
    await git(folder, 'init', '--quiet', '--bare')
    await git(folder, 'remote', 'add', 'origin', `file://${repository}`)
    await fetch(folder, commit, depth)
    return folder
  })()
  fetched.set(folder, fetching)
  fetching.catch(() => fetched.delete(folder))
  return fetching
}

async function fetch(folder: string, commit: string, depth: number): Promise<void> {
  const deep = depth > 0 ? [`--depth=${depth}`] : []
  const branches = depth > 0 ? [] : ['+refs/heads/*:refs/remotes/origin/*']
  await git(folder, 'fetch', '--quiet', '--no-tags', ...deep, 'origin', ...branches, commit)
}

/**
 * Lets a checkout read the objects of a repository on this machine (gitrepository-layout(5): objects/info/alternates), as
 * `git clone --shared` does: its fetch then copies nothing.
 */
async function shareObjects(folder: string, repository: string): Promise<void> {
  await writeFile(join(folder, '.git/objects/info/alternates'), `${join(repository, 'objects')}\n`)
}

async function git(folder: string, ...args: string[]): Promise<void> {
  await run('git', ['-C', folder, ...args], { maxBuffer: 64 * 1024 * 1024 })
}
