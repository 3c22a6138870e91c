import { asText, folderMode, type TreeEntry, type Trees } from './tree.ts'

/** A file that differs between two trees, in GitHub's words. A file that was renamed is removed here and added there. */
export interface FileChange {
  readonly path: string
  readonly status: 'added' | 'removed' | 'modified'
}

/** The files that differ between two trees, by path; without a first, or without a second, all of the other. */
export async function treeChanges(
  read: Trees['read'],
  from: string | undefined,
  to: string | undefined,
): Promise<FileChange[]> {
  const changes = await changesBelow(read, '', from, to)
  return changes.map(({ path, status }) => ({ path: asText(path), status }))
}

async function changesBelow(
  read: Trees['read'],
  folder: string,
  from: string | undefined,
  to: string | undefined,
): Promise<FileChange[]> {
  const [before, after] = await Promise.all([from, to].map(async (id) => byName(id == null ? [] : await read(id))))
  const names = [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])].sort()
  const changes = names.map(async (name) => {
    const [old, now] = [before?.get(name), after?.get(name)]
    if (old?.id === now?.id && old?.mode === now?.mode) return []
    const path = folder + name
    const below = await changesBelow(read, `${path}/`, folderOf(old), folderOf(now))
    const status = isFile(old) ? (isFile(now) ? 'modified' : 'removed') : isFile(now) ? 'added' : undefined
    return status == null ? below : [{ path, status } as const, ...below]
  })
  return (await Promise.all(changes)).flat()
}

const byName = (entries: readonly TreeEntry[]) => new Map(entries.map((entry) => [entry.name, entry]))
const folderOf = (entry: TreeEntry | undefined) => (entry?.mode === folderMode ? entry.id : undefined)
const isFile = (entry: TreeEntry | undefined) => entry != null && entry.mode !== folderMode
