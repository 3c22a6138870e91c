import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createObjectReader, type ObjectReader } from '../../src/objects/object-reader.ts'

let folder = ''
let reader: ObjectReader
const git = (...args: string[]) =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=ann', '-c', 'user.email=ann@example.com', ...args])
    .toString()
    .trim()

/** Commits a file. Gives the commit. */
function commit(content: string | Buffer): string {
  writeFileSync(join(folder, 'a file'), content)
  git('add', '--all')
  git('commit', '--quiet', '--message', 'a change')
  return git('rev-parse', 'HEAD')
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'object-reader-'))
  git('init', '--quiet', '--initial-branch=main')
  reader = createObjectReader(folder)
})
afterEach(() => {
  reader.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('one git for all objects', () => {
  it('gives bytes as they are, whatever they look like', async () => {
    const text = Buffer.from(`${'ab'.repeat(20)} blob 3\nx\n\n\0missing\n`)
    const id = commit(text)
    expect(await reader.read(`${id}:a file`)).toMatchObject({ type: 'blob', content: text })
  })

  it('gives what is larger than a pipe, and what was asked meanwhile, in order', async () => {
    const large = Buffer.alloc(3 * 1024 * 1024, 'x\n')
    const id = commit(large)
    const [file, none, tree, empty] = await Promise.all(
      [`${id}:a file`, `${id}:no file`, `${id}^{tree}`, `${id}:`].map((name) => reader.read(name)),
    )
    expect(file?.content.equals(large)).toBe(true)
    expect(none).toBeUndefined()
    expect(tree).toMatchObject({ type: 'tree', id: git('rev-parse', `${id}^{tree}`) })
    expect(empty?.id).toBe(tree?.id)
  })

  it('sees a branch where it is now, and commits that came later', async () => {
    const first = commit('1')
    expect((await reader.read('refs/heads/main^{commit}'))?.id).toBe(first)
    const second = commit('2')
    git('gc', '--quiet')
    expect((await reader.read('refs/heads/main^{commit}'))?.id).toBe(second)
  })

  it.each([
    ['no name', ''],
    ['a branch that is not there', 'refs/heads/none'],
    ['a name of two lines, which would be two questions', 'refs/heads/main\nHEAD'],
    ['something that looks like an option', '--all'],
  ])('gives nothing for %s', async (_, name) => {
    commit('1')
    expect(await reader.read(name)).toBeUndefined()
    expect(await reader.read('HEAD')).toMatchObject({ type: 'commit' })
  })

  it('rejects when git cannot read the repository, with its reason', async () => {
    const elsewhere = createObjectReader(join(folder, 'not there'))
    await expect(elsewhere.read('HEAD')).rejects.toThrow(/git cat-file in .*not there: .*cannot change to/)
  })
})
