import { describe, expect, it } from 'vitest'
import {
  configurationCommits,
  configurationPaths,
  configurationSince,
  type RecordedRollout,
} from '../../src/promotion/configuration.ts'

const record = (outcome: RecordedRollout['outcome'], image: string, configuration?: string): RecordedRollout => ({
  outcome,
  release: { image },
  configuration,
})
const running = { image: 'registry@a', commit: 'built-a' }

describe('configuration is new since', () => {
  it.each<[string, Parameters<typeof configurationSince>, string | undefined]>([
    ['the last rollout that passed', [running, [record('pass', 'registry@a', 'main-2')]], 'main-2'],
    [
      'the newest of them, whatever failed after it',
      [
        running,
        [
          record('fail', 'registry@b', 'main-4'),
          record('inconclusive', 'registry@a', 'main-3'),
          record('pass', 'registry@a', 'main-2'),
          record('pass', 'registry@a', 'main-1'),
        ],
      ],
      'main-2',
    ],
    ['the build of what runs, where nothing is recorded', [running, []], 'built-a'],
    ['the build of what runs, where the record does not say', [running, [record('pass', 'registry@a')]], 'built-a'],
    [
      'the build of what runs, where another image was the last to pass',
      [running, [record('pass', 'registry@b', 'main-3'), record('pass', 'registry@a', 'main-2')]],
      'built-a',
    ],
    ['ever, where nothing runs', [undefined, [record('pass', 'registry@a', 'main-2')]], undefined],
    ['ever, where nobody knows what runs', [{ image: 'registry@a', commit: '' }, []], undefined],
  ])('%s', (_what, given, since) => {
    expect(configurationSince(...given)).toBe(since)
  })
})

describe('commits of the configuration', () => {
  const commit = (sha: string) => ({ sha, subject: sha, people: [] })
  const shas = (...given: Parameters<typeof configurationCommits>) =>
    configurationCommits(...given).map(({ sha }) => sha)

  it.each<[string, Parameters<typeof configurationCommits>, string[]]>([
    [
      'are those of the new ones that touched it',
      [
        [commit('1'), commit('2')],
        [commit('2'), commit('0')],
      ],
      ['2'],
    ],
    ['are none when the new ones touched none of it', [[commit('1')], [commit('0')]], []],
    ['are told once', [[commit('1')], [commit('1'), commit('1')]], ['1']],
    ['are all when everything is new', [undefined, [commit('1'), commit('0')]], ['1', '0']],
  ])('%s', (_what, given, expected) => {
    expect(shas(...given)).toEqual(expected)
  })
})

it('names what feeds one service in one environment, and nothing of its neighbours', () => {
  expect(configurationPaths('prod', 'registry')).toEqual([
    'environments/project.yaml',
    'environments/policy',
    'environments/prod/environment.yaml',
    'environments/prod/registry.yaml',
  ])
})
