import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Repository } from '../git.ts'
import type { Hub } from '../hub.ts'
import type { Launcher } from '../launcher/launcher.ts'
import type { StandIn } from './stand-in.ts'

/**
 * A real fetch of the run's commit from the bare repository, as deep as asked. The jobs of a run mostly want the same: what was
 * fetched and checked out once is copied for the next one.
 */
export const checkout: StandIn = {
  shas: ['3d3c42e5aac5ba805825da76410c181273ba90b1'],
  inputs: ['ref', 'fetch-depth', 'persist-credentials', 'path', 'fetch-tags'],
  run: async ({ session, inputs, contexts, log }) => {
    const github = contexts['github'] as Readonly<Record<string, string>>
    const folder = join(session.folders.workspace, inputs['path'] ?? '')
    const wanted = inputs['ref'] || github['sha'] || ''
    const { repository, launcher } = session.hub
    const commit = await repository.resolve(wanted)
    if (commit == null) throw new Error(`checkout: there is no ref ${wanted}`)
    const depth = Number(inputs['fetch-depth'] ?? 1)
    const original = await checkedOut(session.hub, commit, depth)
    await mkdir(folder, { recursive: true })
    // The action's `clean` is on unless said otherwise: nothing of a checkout before stays.
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true })
    await launcher.run('cp', ['--archive', `${original}/.`, folder])
    if (depth <= 0) await git(launcher, folder, 'fetch', '--quiet', '--no-tags', 'origin', allBranches)
    log(`checked out ${commit}`)
    return { commit, ref: wanted }
  },
}

const allBranches = '+refs/heads/*:refs/remotes/origin/*'

/** What was checked out of a repository for a job before, by its folder. */
const known = new WeakMap<Repository, Map<string, Promise<string>>>()

/** A checkout of a commit with as much history as asked: a job that needs more must find that it has none. */
function checkedOut({ repository, launcher }: Hub, commit: string, depth: number): Promise<string> {
  const tree = `${repository.folder}-checkouts/${commit}-${depth}`
  const trees = known.get(repository) ?? new Map<string, Promise<string>>()
  known.set(repository, trees)
  const before = trees.get(tree)
  if (before) return before
  const making = (async () => {
    await launcher.run('git', ['init', '--quiet', '--initial-branch=main', tree])
    await git(launcher, tree, 'remote', 'add', 'origin', `file://${repository.folder}`)
    if (depth <= 0) await shareObjects(tree, repository.folder)
    else await git(launcher, tree, 'fetch', '--quiet', '--no-tags', `--depth=${depth}`, 'origin', commit)
    await git(launcher, tree, 'checkout', '--quiet', '--force', '--detach', commit)
    return tree
  })()
  trees.set(tree, making)
  making.catch(() => trees.delete(tree))
  return making
}

/**
 * Lets a checkout of all history read the objects of a repository on this machine (gitrepository-layout(5):
 * objects/info/alternates), as `git clone --shared` does: there is nothing to fetch.
 */
async function shareObjects(folder: string, repository: string): Promise<void> {
  await writeFile(join(folder, '.git/objects/info/alternates'), `${join(repository, 'objects')}\n`)
}

async function git(launcher: Launcher, folder: string, ...args: string[]): Promise<void> {
  // A job's checkout need not survive the machine: git does not wait for the disk (git-config(1), core.fsync).
  await launcher.run('git', ['-C', folder, '-c', 'core.fsync=none', ...args])
}
