import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ArtifactStore } from './store.ts'
import { isVerified, verified } from './verify.ts'

/** Artifacts in a folder that all processes share: `ab/cdef...` by digest. */
export class FolderArtifacts implements ArtifactStore {
  readonly #root: string
  /** Folders whose own names are safe: at most 256. */
  readonly #synced = new Set<string>()

  constructor(root: string) {
    this.#root = root
  }

  #path(digest: string): string {
    if (!/^[0-9a-f]{128}$/.test(digest)) throw new Error(`expected a SHA-512 in hex, found ${digest.slice(0, 40)}`)
    return join(this.#root, digest.slice(0, 2), digest.slice(2))
  }

  async put(_name: string, digest: string, bytes: Buffer): Promise<void> {
    const path = this.#path(digest)
    const there = await this.#find(path, digest)
    if (there === 'right') return
    const folder = dirname(path)
    await mkdir(folder, { recursive: true })
    const partial = `${path}.${randomUUID()}.partial`
    try {
      const file = await open(partial, 'wx', 0o644)
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      // Other bytes under this name are nobody's: the right ones take their place.
      if (there === 'wrong') await rename(partial, path)
      // A link, not a rename: whoever comes second finds the same bytes there and is content.
      else
        await link(partial, path).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'EEXIST') throw error
        })
      await this.#syncFolder(folder)
    } finally {
      await rm(partial, { force: true })
    }
  }

  /** What is under this name counts as stored now, so that the sweep does not take what a publish is about to use. */
  async #find(path: string, digest: string): Promise<'right' | 'wrong' | 'nothing'> {
    const now = new Date()
    try {
      await utimes(path, now, now)
      return isVerified(digest, await readFile(path)) ? 'right' : 'wrong'
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'nothing'
      throw error
    }
  }

  /** A file's name outlives a loss of power when its folder is synced, and the folder's when those above are. */
  async #syncFolder(folder: string): Promise<void> {
    await sync(folder)
    if (this.#synced.has(folder)) return
    await sync(this.#root)
    if (this.#synced.size === 0) await sync(dirname(this.#root))
    this.#synced.add(folder)
  }

  async get(_name: string, digest: string): Promise<Buffer> {
    return verified(digest, await readFile(this.#path(digest)))
  }

  async sweep(
    olderThanMs: number,
    isUsed: (digests: readonly string[]) => Promise<ReadonlySet<string>>,
  ): Promise<number> {
    let swept = 0
    for (const prefix of await readdir(this.#root).catch(() => [])) {
      const old: string[] = []
      for (const file of await readdir(join(this.#root, prefix)).catch(() => [])) {
        const { mtimeMs } = await stat(join(this.#root, prefix, file))
        if (Date.now() - mtimeMs > olderThanMs) old.push(file)
      }
      const digests = old.filter((file) => !file.endsWith('.partial')).map((file) => prefix + file)
      const used = await isUsed(digests)
      for (const file of old) {
        if (used.has(prefix + file)) continue
        await rm(join(this.#root, prefix, file), { force: true })
        swept += 1
      }
    }
    return swept
  }
}

async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
