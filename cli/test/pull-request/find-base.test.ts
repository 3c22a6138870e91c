import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findBase } from '../../src/pull-request/find-base.ts'

let folder: string
const git = (...args: string[]) =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=ann', '-c', 'user.email=ann@example.com', ...args])
    .toString()
    .trim()
const commit = () => {
  git('commit', '-q', '--allow-empty', '-m', 'a commit')
  return git('rev-parse', 'HEAD')
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-base-'))
  git('init', '-q', '-b', 'main')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('what HEAD is merged into', () => {
  it('is the main of others where there is one, else the own', async () => {
    const first = commit()
    git('checkout', '-q', '-b', 'change')
    const head = commit()
    expect(await findBase(folder, head, undefined)).toBe(first)
    git('update-ref', 'refs/remotes/origin/main', commit())
    await expect(findBase(folder, head, undefined)).rejects.toThrow('that origin/main has not')
    expect(await findBase(folder, head, 'HEAD~2')).toBe(first)
  })

  it.each([
    ['a revision that is not there', 'none', 'expected a git revision, found no none'],
    ['a flag of git', '--all', 'expected a git revision, found no --all'],
    ['HEAD itself', 'HEAD', 'expected commits on HEAD that HEAD has not, found none (--base HEAD^'],
  ])('is never %s', async (_, base, message) => {
    const head = commit()
    await expect(findBase(folder, head, base)).rejects.toThrow(message)
  })
})
