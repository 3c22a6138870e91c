import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Launcher } from './launcher/launcher.ts'
import { formatCommit, parseCommit, type Commit } from './objects/commit.ts'
import { findDivergence, type Divergence } from './objects/divergence.ts'
import { createObjectReader } from './objects/object-reader.ts'
import { writeObject } from './objects/object-writer.ts'
import { treeChanges, type FileChange } from './objects/tree-changes.ts'
import { asText, formatTree, parseTree, treeWith, type Trees } from './objects/tree.ts'

/** Who a commit says it is from. */
export interface Identity {
  readonly name: string
  readonly email: string
}

/** The bare repository behind the local GitHub. All changes are made without a work tree. */
export interface Repository {
  readonly folder: string
  git(args: readonly string[]): Promise<string>
  /** The commit of a branch, tag or commit; `undefined` when there is none. */
  resolve(ref: string): Promise<string | undefined>
  /** The id of an object by any name that git understands; `undefined` when there is none. */
  idOf(name: string): Promise<string | undefined>
  /** Throws when there is no such commit. */
  commit(id: string): Promise<Commit>
  divergence(base: string, head: string): Promise<Divergence>
  /** The commits on the way to one, newest first: all of them, or those that touched a path, or of a span of time (ISO 8601). */
  history(
    head: string,
    only: {
      readonly path?: string | undefined
      readonly since?: string | undefined
      readonly until?: string | undefined
    },
  ): Promise<string[]>
  /** The files that differ between two commits; all of them when there is no first. */
  changes(from: string | undefined, to: string): Promise<FileChange[]>
  file(commit: string, path: string): Promise<Buffer | undefined>
  /** The paths of what lies in a folder of a commit, and in no folder below it; none when there is no such folder. */
  list(commit: string, folder: string): Promise<string[]>
  /** Commits one file on a branch and moves the branch. */
  commitFile(change: {
    branch: string
    path: string
    content: Buffer
    message: string
    author: Identity
  }): Promise<string>
  /** Merges `head` into the branch as one commit (`squash`) or with a merge commit. Gives undefined when they conflict. */
  merge(merge: {
    branch: string
    head: string
    squash: boolean
    message: string
    author: Identity
  }): Promise<string | undefined>
  /** The merge commit of two commits, on no branch. Undefined when they conflict. */
  mergeCommit(merge: { base: string; head: string; message: string; author: Identity }): Promise<string | undefined>
  /** The files of a commit below some paths, in a folder of their own. */
  extract(commit: string, paths: readonly string[], to: string): Promise<void>
  /** Ends what it started. */
  close(): void
}

/** Who commits what the API was asked to commit. */
const committer = { name: 'GitHub', email: 'noreply@github.com' }

/** What git has is read from one `cat-file`, and what is new is written here: git is started, by the launcher, for what it alone does. */
export async function createRepository(
  folder: string,
  source: { repository: string; commit: string },
  launcher: Launcher,
): Promise<Repository> {
  await mkdir(folder, { recursive: true })
  const git: Repository['git'] = async (args) => {
    // Nothing here has to survive the machine: git does not wait for the disk (git-config(1), core.fsync).
    const whole = ['-C', folder, '-c', 'core.fsync=none', ...args]
    return (await launcher.run('git', whole, { ...process.env, GIT_CONFIG_NOSYSTEM: '1' })).trim()
  }
  const objects = createObjectReader(folder)
  const idOf: Repository['idOf'] = async (name) => (await objects.read(name))?.id
  const contentOf = async (name: string, type: string): Promise<Buffer> => {
    const object = await objects.read(name)
    if (object?.type !== type) throw new Error(`expected the ${type} ${name}, found ${object?.type ?? 'nothing'}`)
    return object.content
  }
  const resolve: Repository['resolve'] = async (ref) => {
    for (const candidate of [`refs/heads/${ref}`, `refs/tags/${ref}`, ref]) {
      const commit = await idOf(`${candidate}^{commit}`)
      if (commit != null) return commit
    }
    return undefined
  }
  const tip = async (branch: string): Promise<string> => {
    const commit = await idOf(`refs/heads/${branch}`)
    if (commit == null) throw new Error(`expected a branch ${branch}, found none`)
    return commit
  }
  const commitOf: Repository['commit'] = async (id) => parseCommit(id, await contentOf(id, 'commit'))
  const trees: Trees = {
    read: async (id) => parseTree(await contentOf(id, 'tree')),
    write: (entries) => writeObject(folder, 'tree', formatTree(entries)),
  }
  const commitTree = (commit: { tree: string; parents: string[]; message: string; author: Identity }) => {
    const seconds = Math.floor(Date.now() / 1000)
    const signed = { author: { ...commit.author, seconds }, committer: { ...committer, seconds } }
    return writeObject(folder, 'commit', formatCommit({ ...commit, ...signed }))
  }
  const divergence: Repository['divergence'] = (base, head) => findDivergence(commitOf, base, head)
  const mergedTree = async (base: string, head: string): Promise<string | undefined> => {
    const { behind, ahead } = await divergence(base, head)
    if (behind.length === 0) return (await commitOf(head)).tree
    if (ahead.length === 0) return (await commitOf(base)).tree
    try {
      return (await git(['merge-tree', '--write-tree', base, head])).split('\n')[0]
    } catch (error) {
      // 1: they conflict; anything else is no answer.
      if ((error as { code?: unknown }).code === 1) return undefined
      throw error
    }
  }
  await git(['init', '--quiet', '--bare', '--initial-branch=main', '--object-format=sha1'])
  await git(['config', 'uploadpack.allowAnySHA1InWant', 'true'])
  await git(['fetch', '--quiet', '--no-tags', source.repository, `+${source.commit}:refs/heads/main`])

  return {
    folder,
    git,
    resolve,
    idOf,
    close: () => objects.close(),
    commit: commitOf,
    divergence,
    history: async (head, { path, since, until }) => {
      const span = [...(since == null ? [] : [`--since=${since}`]), ...(until == null ? [] : [`--until=${until}`])]
      // As it is written: a star in a path is a star.
      const below = path == null ? [] : [`:(top,literal)${path}`]
      const found = await git(['rev-list', ...span, head, '--', ...below])
      return found === '' ? [] : found.split('\n')
    },
    changes: async (from, to) => {
      const [before, after] = await Promise.all([from, to].map(async (id) => id && (await commitOf(id)).tree))
      return treeChanges(trees.read, before, after)
    },
    file: async (commit, path) => {
      const object = await objects.read(`${commit}:${path}`)
      return object?.type === 'blob' ? object.content : undefined
    },
    list: async (commit, path) => {
      const object = await objects.read(`${commit}:${path}`)
      return object?.type === 'tree' ? parseTree(object.content).map(({ name }) => `${path}/${asText(name)}`) : []
    },
    commitFile: async ({ branch, path, content, message, author }) => {
      const parent = await tip(branch)
      const blob = await writeObject(folder, 'blob', content)
      const tree = await treeWith(trees, (await commitOf(parent)).tree, { path, blob })
      const commit = await commitTree({ tree, parents: [parent], message, author })
      await git(['update-ref', `refs/heads/${branch}`, commit, parent])
      return commit
    },
    mergeCommit: async ({ base, head, message, author }) => {
      const tree = await mergedTree(base, head)
      return tree == null ? undefined : commitTree({ tree, parents: [base, head], message, author })
    },
    merge: async ({ branch, head, squash, message, author }) => {
      const base = await tip(branch)
      const tree = await mergedTree(base, head)
      if (tree == null) return undefined
      const commit = await commitTree({ tree, parents: squash ? [base] : [base, head], message, author })
      await git(['update-ref', `refs/heads/${branch}`, commit, base])
      return commit
    },
    extract: async (commit, paths, to) => {
      await mkdir(to, { recursive: true })
      const archive = join(to, '.archive.tar')
      const present = []
      for (const path of paths) if ((await idOf(`${commit}:${path}`)) != null) present.push(path)
      await git(['archive', '--format=tar', `--output=${archive}`, commit, ...present])
      await launcher.run('tar', ['-xf', archive, '-C', to])
      await rm(archive, { force: true })
    },
  }
}
