import { describe, expect, it } from 'vitest'
import { createObjectReader } from '../../src/objects/object-reader.ts'
import { writeObject } from '../../src/objects/object-writer.ts'
import { treeChanges } from '../../src/objects/tree-changes.ts'
import { formatTree, parseTree, treeWith, type Trees } from '../../src/objects/tree.ts'
import { bareRepository, randomNumbers } from './bare-repository.ts'

const repository = bareRepository()

async function withTrees(use: (trees: Trees) => Promise<void>): Promise<void> {
  const reader = createObjectReader(repository.folder())
  const read = async (id: string) => parseTree((await reader.read(id))?.content ?? Buffer.from('none'))
  try {
    await use({ read, write: (entries) => writeObject(repository.folder(), 'tree', formatTree(entries)) })
  } finally {
    reader.close()
  }
}

/** Names of which one is the beginning of another, with what git sorts before and after a slash, and no ASCII. */
const names = ['a', 'a-b', 'a.b', 'a0', 'b', 'ä', '日本', 'with space', 'Z']

/** The tree that git makes of a list of files: `mode path`, each with its path and a number as content. */
function gitTree(files: ReadonlyMap<string, string>): string {
  const stream = [...files].map(([path, content]) => {
    const data = `data ${Buffer.byteLength(content)}\n${content}`
    return `M 100644 inline ${path}\n${data}\n`
  })
  const commit = 'commit refs/heads/t\ncommitter a <a@b> 1 +0000\ndata 1\nm\ndeleteall\n'
  repository.git(['fast-import', '--quiet', '--force'], `${commit}${stream.join('')}\n`)
  return repository.git(['rev-parse', 'refs/heads/t^{tree}'])
}

function randomFiles(random: () => number): Map<string, string> {
  const pick = () => names[Math.floor(random() * names.length)] ?? ''
  const files = new Map<string, string>()
  for (let count = 0; count < 25; count += 1) {
    const path = Array.from({ length: 1 + Math.floor(random() * 3) }, pick).join('/')
    const clashes = [...files.keys()].some((other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`))
    if (!clashes) files.set(path, `${Math.floor(random() * 3)}\n`)
  }
  return files
}

describe('trees', () => {
  it('with one file more, or another one, are those that git makes', async () => {
    const random = randomNumbers(7)
    await withTrees(async (trees) => {
      for (let round = 0; round < 10; round += 1) {
        const files = randomFiles(random)
        let tree: string | undefined
        for (const [path, content] of files) {
          const blob = await writeObject(repository.folder(), 'blob', Buffer.from(content))
          tree = await treeWith(trees, tree, { path, blob })
        }
        expect(tree).toBe(gitTree(files))
      }
    })
    repository.git(['fsck', '--strict'])
  })

  it.each(['', '/a', 'a/', 'a//b', '../a', 'a/./b', '.git/config', 'a/.GIT/b', 'a\0b'])(
    'hold no file %j',
    async (path) => {
      const blob = await writeObject(repository.folder(), 'blob', Buffer.from('x'))
      await withTrees(async (trees) => {
        await expect(treeWith(trees, undefined, { path, blob })).rejects.toThrow(/expected the path of a file/)
      })
    },
  )

  it('differ in what git says', async () => {
    const random = randomNumbers(11)
    const words = { A: 'added', D: 'removed', M: 'modified' } as Readonly<Record<string, string>>
    await withTrees(async ({ read }) => {
      for (let round = 0; round < 10; round += 1) {
        const [from, to] = [gitTree(randomFiles(random)), gitTree(randomFiles(random))]
        const fields = repository.git(['diff-tree', '-r', '-z', '--no-renames', '--name-status', from, to]).split('\0')
        const expected = Array.from({ length: Math.floor(fields.length / 2) }, (_, index) => ({
          path: fields[2 * index + 1],
          status: words[fields[2 * index] ?? ''],
        }))
        const byPath = (a: { path?: string | undefined }, b: { path?: string | undefined }) =>
          (a.path ?? '') < (b.path ?? '') ? -1 : 1
        expect((await treeChanges(read, from, to)).sort(byPath)).toStrictEqual(expected.sort(byPath))
        const all = repository.git(['ls-tree', '-r', '-z', '--name-only', to]).split('\0').filter(Boolean)
        const added = await treeChanges(read, undefined, to)
        expect(added.map(({ path }) => path).sort()).toStrictEqual(all.sort())
      }
    })
  })
})
