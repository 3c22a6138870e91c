import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createObjectReader } from './object-reader.ts'

const run = promisify(execFile)

/** Who a commit says it is from. */
export interface Identity {
  readonly name: string
  readonly email: string
}

/** The bare repository behind the local GitHub. All changes are made without a work tree. */
export interface Repository {
  readonly folder: string
  git(
    args: readonly string[],
    options?: { readonly input?: Buffer; readonly env?: Readonly<Record<string, string>> },
  ): Promise<string>
  /** The commit of a branch, tag or commit; `undefined` when there is none. */
  resolve(ref: string): Promise<string | undefined>
  /** The id of an object by any name that git understands; `undefined` when there is none. */
  idOf(name: string): Promise<string | undefined>
  /** The files that differ between two commits; all of them when there is no first. */
  changedFiles(from: string | undefined, to: string): Promise<string[]>
  file(commit: string, path: string): Promise<Buffer | undefined>
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

export async function createRepository(
  folder: string,
  source: { repository: string; commit: string },
): Promise<Repository> {
  await mkdir(folder, { recursive: true })
  const git: Repository['git'] = async (args, { input, env } = {}) => {
    // Nothing here has to survive the machine: git does not wait for the disk (git-config(1), core.fsync).
    const running = run('git', ['-C', folder, '-c', 'core.fsync=none', ...args], {
      env: { ...process.env, GIT_CONFIG_NOSYSTEM: '1', ...env },
      maxBuffer: 256 * 1024 * 1024,
    })
    // That git ended before it read all is said by its exit code.
    if (input) running.child.stdin?.on('error', () => undefined).end(input)
    const { stdout } = await running
    return stdout.trim()
  }
  const as = ({ name, email }: Identity) => ({
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: 'GitHub',
    GIT_COMMITTER_EMAIL: 'noreply@github.com',
  })
  const objects = createObjectReader(folder)
  const idOf: Repository['idOf'] = async (name) => (await objects.read(name))?.id
  const resolve: Repository['resolve'] = async (ref) => {
    for (const candidate of [`refs/heads/${ref}`, `refs/tags/${ref}`, ref]) {
      const commit = await idOf(`${candidate}^{commit}`)
      if (commit != null) return commit
    }
    return undefined
  }
  const mergedTree = async (base: string, head: string): Promise<string | undefined> => {
    try {
      return (await git(['merge-tree', '--write-tree', base, head])).split('\n')[0]
    } catch (error) {
      // 1: they conflict; anything else is no answer.
      if ((error as { code?: unknown }).code === 1) return undefined
      throw error
    }
  }
  await git(['init', '--quiet', '--bare', '--initial-branch=main'])
  await git(['config', 'uploadpack.allowAnySHA1InWant', 'true'])
  await git(['fetch', '--quiet', '--no-tags', source.repository, `+${source.commit}:refs/heads/main`])

  return {
    folder,
    git,
    resolve,
    idOf,
    close: () => objects.close(),
    changedFiles: async (from, to) => {
      const output =
        from == null ? await git(['ls-tree', '-r', '--name-only', to]) : await git(['diff', '--name-only', from, to])
      return output.split('\n').filter((line) => line !== '')
    },
    file: async (commit, path) => {
      const object = await objects.read(`${commit}:${path}`)
      return object?.type === 'blob' ? object.content : undefined
    },
    commitFile: async ({ branch, path, content, message, author }) => {
      const parent = await git(['rev-parse', `refs/heads/${branch}`])
      const index = join(folder, `index-${process.pid}-${Math.trunc(performance.now() * 1000)}`)
      const env = { GIT_INDEX_FILE: index }
      const blob = await git(['hash-object', '-w', '--stdin'], { input: content })
      await git(['read-tree', parent], { env })
      await git(['update-index', '--add', '--cacheinfo', `100644,${blob},${path}`], { env })
      const tree = await git(['write-tree'], { env })
      await rm(index, { force: true })
      const commit = await git(['commit-tree', tree, '-p', parent, '-m', message], { env: as(author) })
      await git(['update-ref', `refs/heads/${branch}`, commit, parent])
      return commit
    },
    mergeCommit: async ({ base, head, message, author }) => {
      const tree = await mergedTree(base, head)
      if (tree == null) return undefined
      return git(['commit-tree', tree, '-p', base, '-p', head, '-m', message], { env: as(author) })
    },
    merge: async ({ branch, head, squash, message, author }) => {
      const base = await git(['rev-parse', `refs/heads/${branch}`])
      const tree = await mergedTree(base, head)
      if (tree == null) return undefined
      const parents = squash ? ['-p', base] : ['-p', base, '-p', head]
      const commit = await git(['commit-tree', tree, ...parents, '-m', message], { env: as(author) })
      await git(['update-ref', `refs/heads/${branch}`, commit, base])
      return commit
    },
    extract: async (commit, paths, to) => {
      await mkdir(to, { recursive: true })
      const archive = join(to, '.archive.tar')
      const present = (await git(['ls-tree', '--name-only', commit, ...paths]))
        .split('\n')
        .filter((line) => line !== '')
      await git(['archive', '--format=tar', `--output=${archive}`, commit, ...present])
      await run('tar', ['-xf', archive, '-C', to])
      await rm(archive, { force: true })
    },
  }
}
