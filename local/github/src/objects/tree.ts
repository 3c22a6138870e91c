/** An entry of a tree. Names are bytes, one character a byte: what cannot be read as UTF-8 is kept as it is. */
export interface TreeEntry {
  readonly mode: string
  readonly name: string
  readonly id: string
}

/** The mode of a folder. */
export const folderMode = '40000'
const fileMode = '100644'

const space = 0x20
/** A SHA-1 in bytes. */
const idLength = 20

/** Reads a tree object: mode, space, name, NUL and the id's bytes for every entry. */
export function parseTree(content: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = []
  for (let from = 0; from < content.length;) {
    const name = content.indexOf(space, from) + 1
    const id = content.indexOf(0, name) + 1
    const to = id + idLength
    if (name === 0 || id === 0 || to > content.length) throw new Error('expected a tree, found something else')
    entries.push({
      mode: content.toString('latin1', from, name - 1),
      name: content.toString('latin1', name, id - 1),
      id: content.toString('hex', id, to),
    })
    from = to
  }
  return entries
}

/** The bytes of a tree object. */
export function formatTree(entries: readonly TreeEntry[]): Buffer {
  // Git orders a folder as if its name ended in a slash.
  const key = ({ mode, name }: TreeEntry) => (mode === folderMode ? `${name}/` : name)
  const sorted = entries.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  return Buffer.concat(
    sorted.flatMap(({ mode, name, id }) => [Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(id, 'hex')]),
  )
}

/** Where trees are kept. */
export interface Trees {
  readonly read: (id: string) => Promise<readonly TreeEntry[]>
  /** Gives the tree's id. */
  readonly write: (entries: readonly TreeEntry[]) => Promise<string>
}

/** A tree like `tree`, or like an empty one, with one more or another file. Gives its id. Throws when it cannot hold such a path. */
export async function treeWith(
  trees: Trees,
  tree: string | undefined,
  file: { readonly path: string; readonly blob: string },
): Promise<string> {
  const names = file.path.split('/').map(asBytes)
  if (names.some((name) => ['', '.', '..', '.git'].includes(name.toLowerCase()) || name.includes('\0')))
    throw new Error(`expected the path of a file in the repository, found ${JSON.stringify(file.path)}`)
  const put = async (present: string | undefined, [name = '', ...below]: readonly string[]): Promise<string> => {
    const entries = present == null ? [] : await trees.read(present)
    const folder = entries.find((entry) => entry.name === name && entry.mode === folderMode)
    const entry =
      below.length === 0
        ? { mode: fileMode, name, id: file.blob }
        : { mode: folderMode, name, id: await put(folder?.id, below) }
    return trees.write([...entries.filter((other) => other.name !== name), entry])
  }
  return put(tree, names)
}

const asBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

/** A path as text. */
export const asText = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8')
