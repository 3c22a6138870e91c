import { createHash, randomUUID } from 'node:crypto'
import { access, mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { deflate } from 'node:zlib'

/**
 * Writes a loose object into a bare repository (gitrepository-layout(5), "objects/[0-9a-f][0-9a-f]"). Gives its id, a SHA-1.
 * Several may write the same at a time.
 */
export async function writeObject(
  repository: string,
  type: 'blob' | 'tree' | 'commit',
  content: Buffer,
): Promise<string> {
  const bytes = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content])
  const id = createHash('sha1').update(bytes).digest('hex')
  const folder = join(repository, 'objects', id.slice(0, 2))
  const file = join(folder, id.slice(2))
  const isThere = await access(file).then(
    () => true,
    () => false,
  )
  if (isThere) return id
  await mkdir(folder, { recursive: true })
  // Git itself names what it has not finished so, and sweeps it.
  const draft = join(folder, `tmp_obj_${randomUUID()}`)
  await writeFile(draft, await promisify(deflate)(bytes), { mode: 0o444 })
  await rename(draft, file)
  return id
}
