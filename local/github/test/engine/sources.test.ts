import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createSources } from '../../src/engine/sources.ts'
import type { Hub } from '../../src/hub.ts'

const root = join(import.meta.dirname, '../../../..')
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-sources-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it("can run all of this repository's workflows, with the inputs that its actions have", async () => {
  const inWorkTree = {
    idOf: async () => undefined,
    list: async (_: string, path: string) =>
      readdirSync(join(root, path), { encoding: 'utf8' }).map((file) => `${path}/${file}`),
    file: async (_: string, path: string) => readFileSync(join(root, path)),
    extract: async (_: string, paths: readonly string[], to: string) => {
      const isLeftOut = (path: string) => /node_modules|\/test\//.test(path)
      for (const path of paths)
        cpSync(join(root, path), join(to, path), { recursive: true, filter: (from) => !isLeftOut(from) })
    },
  }
  const hub = { options: { folder }, repository: inWorkTree } as unknown as Pick<Hub, 'options' | 'repository'>
  const source = await createSources(hub)('a commit')
  expect([...source.workflows.keys()]).toContain('.github/workflows/deploy.yml')
  expect([...source.actions.keys()]).toContain('actions/start-rollout')
})

it('reads once what commits have in common, and again what differs', async () => {
  const trees: Readonly<Record<string, string>> = { first: 'a', promoted: 'a', changed: 'b' }
  const read: string[] = []
  const repository = {
    idOf: async (name: string) => trees[/^(.+):actions$/.exec(name)?.[1] ?? ''],
    list: async () => [],
    file: async () => undefined,
    extract: async (commit: string) => void read.push(commit),
  }
  const sources = createSources({ options: { folder }, repository } as unknown as Pick<Hub, 'options' | 'repository'>)
  expect(await sources('promoted')).toBe(await sources('first'))
  expect(await sources('changed')).not.toBe(await sources('first'))
  expect(read).toEqual(['promoted', 'changed'])
})
