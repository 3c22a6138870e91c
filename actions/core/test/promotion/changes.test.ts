import { expect, it } from 'vitest'
import { listChanges } from '../../src/promotion/changes.ts'

const files = (entries: Record<string, string>) =>
  new Map(Object.entries({ 'dev/environment.yaml': 'account: 1', ...entries }))
const registry = (text: string) => files({ 'dev/registry.yaml': text })

it.each([
  ['another release', registry('release: 1'), registry('release: 2'), ['registry']],
  ['another variable', registry('task: { env: { A: x } }'), registry('task: { env: { A: y } }'), ['registry']],
  ['only a comment', registry('release: 1'), registry('release: 1 # now explained'), []],
  ['only layout and order', registry('a: 1\nb: 2'), registry('{ b: 2, a: 1 }'), []],
  ['a new service', files({}), registry('release: 1'), ['registry']],
  ['a service that is gone', registry('release: 1'), files({}), []],
  ['only the environment itself', files({ 'dev/environment.yaml': 'account: 2' }), files({}), []],
  ['a policy', files({}), files({ 'policy/freeze.yaml': 'windows: []' }), []],
  ['a file that could not be read before', registry('a: ['), registry('a: []'), ['registry']],
])('finds %s', (_what, before, after, services) => {
  expect(listChanges(before, after).map(({ service }) => service)).toEqual(services)
})

it('names environment and service of every change, in the order of their paths', () => {
  const after = files({
    'stage/environment.yaml': 'x',
    'stage/web.yaml': 'a: 1',
    'dev/registry.yaml': 'a: 1',
    'dev/api.yaml': 'a: 1',
  })
  expect(listChanges(new Map(), after)).toEqual([
    { environment: 'dev', service: 'api' },
    { environment: 'dev', service: 'registry' },
    { environment: 'stage', service: 'web' },
  ])
})
