import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findCheckout, git, readHead } from '../../src/deliver/git.ts'
import { commitHistory, createLocalMain, withRelease } from '../../src/deliver/local-main.ts'

let folder: string
let checkout: string
const commit = (files: Record<string, string>, subject: string) => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(checkout, path, '..'), { recursive: true })
    writeFileSync(join(checkout, path), text)
  }
  execFileSync('git', ['-C', checkout, 'add', '-A'])
  // Variables of the machine would go before its settings.
  const ann = ['AUTHOR', 'COMMITTER'].flatMap((role) => [
    [`GIT_${role}_NAME`, 'ann'],
    [`GIT_${role}_EMAIL`, 'ann@example.com'],
  ])
  execFileSync('git', ['-C', checkout, 'commit', '-qm', subject], {
    env: { ...process.env, ...Object.fromEntries(ann) },
  })
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-local-main-'))
  checkout = join(folder, 'checkout')
  mkdirSync(checkout)
  execFileSync('git', ['-C', checkout, 'init', '-q', '-b', 'main'])
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('readHead', () => {
  it('names every obstacle at once: uncommitted changes and a shallow clone', async () => {
    commit({ 'a.txt': '1' }, 'one')
    commit({ 'a.txt': '2' }, 'two')
    const shallow = join(folder, 'shallow')
    execFileSync('git', ['clone', '-q', '--depth=1', `file://${checkout}`, shallow])
    writeFileSync(join(shallow, 'b.txt'), 'x')
    await expect(readHead(shallow)).rejects.toThrow(/shallow[\s\S]*uncommitted change/)
  })

  it('says what to do outside a checkout', async () => {
    await expect(findCheckout(folder)).rejects.toThrow(/expected a git checkout/)
  })
})

describe('the local main', () => {
  it('merges HEAD onto its parent, with the local environments and nothing else changed', async () => {
    commit(
      { 'app/package.json': '{}', 'app/a.ts': '1', 'environments/dev/web.yaml': 'release: { image: x }\n' },
      'parent',
    )
    commit({ 'app/a.ts': '2', 'environments/dev/gone.yaml': 'a: 1\n' }, 'head')
    const head = await readHead(checkout)
    const main = await createLocalMain(join(folder, 'main'), head, 'app')
    expect(main.baseline).toEqual({ commit: head.parent, isParent: true })

    const release = { image: 'web@sha256:1', commit: 'c', version: '1.0.0' }
    const environments = withRelease(new Map([['dev/web.yaml', 'release: { image: x }\n']]), 'web', release)
    const { overlaid, merged } = await commitHistory(main, head, environments)

    expect(await git(main.folder, ['diff', '--name-only', head.commit, merged])).toBe(
      'environments/dev/gone.yaml\nenvironments/dev/web.yaml',
    )
    expect(await git(main.folder, ['diff', '--name-only', overlaid, merged])).toBe('app/a.ts')
    expect(await git(main.folder, ['show', `${merged}:environments/dev/web.yaml`])).toContain('web@sha256:1')
    expect(await git(main.folder, ['rev-parse', `${merged}^2`])).toBe(head.commit)
    expect(await git(main.folder, ['rev-parse', 'baseline', 'main', `${merged}^1`])).toBe(
      [overlaid, merged, overlaid].join('\n'),
    )
    expect(await git(main.folder, ['log', '-1', '--format=%an %ce %s', merged])).toBe(
      'ann sluice@localhost Merge pull request: head',
    )
    await git(main.folder, ['fsck', '--strict'])
    expect(await git(checkout, ['status', '--porcelain'])).toBe('')
  })

  it('starts from HEAD itself when it has no parent', async () => {
    commit({ 'app/package.json': '{}' }, 'first')
    const head = await readHead(checkout)
    const main = await createLocalMain(join(folder, 'main'), head, 'app')
    expect(main.baseline).toEqual({ commit: head.commit, isParent: false })
  })
})
