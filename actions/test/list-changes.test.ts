import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { environmentFiles, imageA, imageB, writeFolder } from './fakes/environments.ts'
import { runEntry } from './fakes/run-entry.ts'

const identity = ['-c', 'user.name=t', '-c', 'user.email=t@localhost']
function repository() {
  const folder = writeFolder(environmentFiles)
  const git = (...args: string[]) =>
    execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8' }).trim()
  git('init', '--quiet')
  git('add', '.')
  git('commit', '--quiet', '-m', 'first')
  const before = git('rev-parse', 'HEAD')
  const file = 'environments/prod/registry.yaml'
  writeFileSync(`${folder}/${file}`, (environmentFiles[file] ?? '').replace(imageA, imageB))
  git('commit', '--quiet', '-am', 'second')
  return { folder, before }
}

it('lists what a push changed', async () => {
  const { folder, before } = repository()
  const run = await runEntry('list-changes', { before }, { GITHUB_WORKSPACE: folder })
  expect(run).toMatchObject({ code: 0, outputs: { releases: '[{"environment":"prod","service":"registry"}]' } })
})

it('lists every service of a new branch', async () => {
  const { folder } = repository()
  const run = await runEntry('list-changes', { before: '0'.repeat(40) }, { GITHUB_WORKSPACE: folder })
  expect(JSON.parse(run.outputs['releases'] ?? '')).toHaveLength(2)
})

it('lists the one that was asked for, when it is there', async () => {
  const { folder } = repository()
  const asked = { environment: 'dev', service: 'registry' }
  expect((await runEntry('list-changes', asked, { GITHUB_WORKSPACE: folder })).outputs['releases']).toBe(
    JSON.stringify([asked]),
  )
  const wrong = await runEntry('list-changes', { environment: 'dev', service: 'web' }, { GITHUB_WORKSPACE: folder })
  expect(wrong.log).toContain('expected one of registry in dev, found "web"')
})

it('says how to reach a commit that the checkout has not', async () => {
  const { folder } = repository()
  const run = await runEntry('list-changes', { before: 'f'.repeat(40) }, { GITHUB_WORKSPACE: folder })
  expect(run.code).toBe(1)
  expect(run.log).toContain('check out with fetch-depth: 0')
})
