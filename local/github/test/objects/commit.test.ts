import { describe, expect, it } from 'vitest'
import { formatCommit, parseCommit } from '../../src/objects/commit.ts'
import { writeObject } from '../../src/objects/object-writer.ts'
import { bareRepository } from './bare-repository.ts'

const repository = bareRepository()
const tree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
const parents = ['1'.repeat(40), '2'.repeat(40)]

describe('a commit', () => {
  it('is written as git reads it, and read as it was written', async () => {
    await writeObject(repository.folder(), 'tree', Buffer.alloc(0))
    const ann = { name: 'Änn <the\nfirst>', email: 'ann@example.com', seconds: 1_700_000_000 }
    const bob = { name: '', email: 'bob@example.com', seconds: 1_700_000_001 }
    const written = formatCommit({ tree, parents: [], author: ann, committer: bob, message: 'feat: ö\n\nbody\n\n' })
    const id = await writeObject(repository.folder(), 'commit', written)
    repository.git(['update-ref', 'refs/heads/main', id])
    repository.git(['fsck', '--strict'])
    const format = '%an%n%ae%n%at%n%cn%n%ce%n%ct%n%B'
    expect(repository.git(['log', '-1', `--format=${format}`, id]).split('\n')).toStrictEqual([
      'Änn thefirst',
      'ann@example.com',
      '1700000000',
      'bob@example.com',
      'bob@example.com',
      '1700000001',
      'feat: ö',
      '',
      'body',
    ])
    expect(parseCommit(id, written)).toStrictEqual({
      id,
      tree,
      parents: [],
      author: { ...ann, name: 'Änn thefirst' },
      committer: { ...bob, name: 'bob@example.com' },
      message: 'feat: ö\n\nbody',
    })
  })

  it('is read with its signature, which may look like headers, and in its encoding', () => {
    const text = [
      `tree ${tree}`,
      ...parents.map((parent) => `parent ${parent}`),
      'author J\xfcrgen <j@example.com> 12 +0200',
      'committer Bob <bob@example.com> 13 -0130',
      'encoding ISO-8859-1',
      'gpgsig -----BEGIN PGP SIGNATURE-----',
      ` tree ${'9'.repeat(40)}`,
      ` parent ${'9'.repeat(40)}`,
      ' -----END PGP SIGNATURE-----',
      '',
      `gr\xfcn\n\nparent ${'8'.repeat(40)}\n`,
    ]
    expect(parseCommit('3'.repeat(40), Buffer.from(text.join('\n'), 'latin1'))).toStrictEqual({
      id: '3'.repeat(40),
      tree,
      parents,
      author: { name: 'Jürgen', email: 'j@example.com', seconds: 12 },
      committer: { name: 'Bob', email: 'bob@example.com', seconds: 13 },
      message: `grün\n\nparent ${'8'.repeat(40)}`,
    })
  })

  it('is not read from anything else', () => {
    expect(() => parseCommit('4'.repeat(40), Buffer.from('no commit'))).toThrow(/expected a commit, found none/)
  })
})
