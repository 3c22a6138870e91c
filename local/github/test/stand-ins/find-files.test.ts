import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findFiles } from '../../src/stand-ins/find-files.ts'

const files = [
  'report.json',
  'out/a.txt',
  'out/b.md',
  'out/deep/c.txt',
  'out/deep/er/d.txt',
  'out/.hidden/e.txt',
  'out/.f.txt',
  'logs/1.log',
  'logs/2.log',
  'logs/x[1].log',
]
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-files-'))
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), file)
  }
  symlinkSync('../logs', join(folder, 'out/linked'))
  symlinkSync('nowhere', join(folder, 'out/broken'))
  symlinkSync('..', join(folder, 'logs/up'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Root and names, both as people would write them. */
const found = async (lines: string, includeHidden = false) => {
  const { root, files: paths } = await findFiles(lines, folder, includeHidden)
  return [relative(folder, root), paths.map((path) => relative(root, path)).sort()]
}

describe('what an upload takes', () => {
  it.each([
    ['a file, by its name alone', 'report.json', ['', ['report.json']]],
    ['a file in a folder, without the folder', 'out/deep/c.txt', ['out/deep', ['c.txt']]],
    ['a folder with all that is in it', 'out/deep', ['out/deep', ['c.txt', 'er/d.txt']]],
    ['a folder that ends in a slash', 'out/deep/', ['out/deep', ['c.txt', 'er/d.txt']]],
    ['names by a wildcard, below the folder before it', 'out/*.txt', ['out', ['a.txt']]],
    ['names by a question mark', 'logs/?.log', ['logs', ['1.log', '2.log']]],
    ['names by a list of characters', 'logs/[2-9].log', ['logs', ['2.log']]],
    ['a bracket by a list of one', 'logs/x[[]1].log', ['logs', ['x[1].log']]],
    ['a folder that a wildcard names, with all in it', 'out/d*p', ['out', ['deep/c.txt', 'deep/er/d.txt']]],
    ['any number of folders, none too', 'out/deep/**/*.txt', ['out/deep', ['c.txt', 'er/d.txt']]],
    ['what was not taken back', 'out/deep\n!out/deep/er', ['out/deep', ['c.txt']]],
    ['what was taken back and named again', 'out/deep\n!out/deep/**\nout/deep/er', ['out/deep', ['er/d.txt']]],
    ['no line that is a comment', '# logs\nreport.json', ['', ['report.json']]],
    ['paths below the folder that all share', 'out/deep/c.txt\nlogs/1.log', ['', ['logs/1.log', 'out/deep/c.txt']]],
    ['two folders of one', 'out/deep/er\nout/deep/c.txt', ['out/deep', ['c.txt', 'er/d.txt']]],
    ['once what two lines name', 'out/deep\nout/deep/er\nout/deep/c.txt', ['out/deep', ['c.txt', 'er/d.txt']]],
    ['nothing where nothing is', 'nothing/**', ['nothing', []]],
  ])('is %s', async (_, lines, expected) => {
    expect(await found(lines)).toEqual(expected)
  })

  it('follows links, once around, and leaves out those to nothing', async () => {
    const [, names] = await found('out/linked')
    expect(names).toEqual(expect.arrayContaining(['1.log', '2.log', 'x[1].log', 'up/report.json']))
    expect(names).not.toContain('up/logs/1.log')
    expect((await found('out/broken'))[1]).toEqual([])
  })

  it.each([
    ['leaves out', false, ['a.txt', 'b.md']],
    ['takes, when asked to,', true, ['.f.txt', '.hidden/e.txt', 'a.txt', 'b.md']],
  ])('%s what begins with a dot', async (_, includeHidden, expected) => {
    const [, names] = await found('out\n!out/deep\n!out/linked', includeHidden)
    expect(names).toEqual(expected)
  })
})
