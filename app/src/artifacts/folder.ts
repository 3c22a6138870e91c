import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, readdir, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArtifactStore } from './store.ts'
import { verified } from './verify.ts'

/** Artifacts in a folder that all processes share: `ab/cdef...` by digest. */
export class FolderArtifacts implements ArtifactStore {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  #path(digest: string): string {
    if (!/^[0-9a-f]{128}$/.test(digest)) throw new Error(`expected a SHA-512 in hex, found ${digest.slice(0, 40)}`)
    return join(this.#root, digest.slice(0, 2), digest.slice(2))
  }

  async put(_name: string, digest: string, bytes: Buffer): Promise<void> {
    const path = this.#path(digest)
    const now = new Date()
    // There already: count it as stored now, so that the sweep does not take what a publish is about to use.
    if (
      await utimes(path, now, now).then(
        () => true,
        () => false,
      )
    )
      return
    await mkdir(join(path, '..'), { recursive: true })
    const partial = `${path}.${randomUUID()}.partial`
    try {
      const file = await open(partial, 'wx', 0o644)
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      // A link, not a rename: whoever comes second finds the same bytes there and is content.
      await link(partial, path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error
      })
    } finally {
      await rm(partial, { force: true })
    }
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
