import { describe, expect, it } from 'vitest'
import { localRepository } from '../local-repository.ts'

const repository = localRepository()

/** A job that succeeds, in flow style. */
const job = (rest: string, step = 'true') =>
  `{ runs-on: ubuntu-24.04, ${rest ? `${rest}, ` : ''}steps: [{ run: '${step}', shell: bash }] }`

describe('a job runs or not by what is before it, however far back', () => {
  it.each([
    ['after one that ran although one before it was skipped', 'false', '', 'skipped'],
    [
      'with another condition, which asks for success() by itself',
      'false',
      "if: needs.b.result == 'success'",
      'skipped',
    ],
    [
      'with !cancelled(), which asks only for what it names',
      'false',
      'if: "${{ !cancelled() && needs.b.result == \'success\' }}"',
      'success',
    ],
    ['with always()', 'false', 'if: always()', 'success'],
    ['with failure(), where the first was skipped', 'false', 'if: failure()', 'skipped'],
    ['after a chain in which all succeeded', 'true', '', 'success'],
  ])('%s', async (_, first, condition, expected) => {
    await repository.runs(`
on: workflow_dispatch
jobs:
  a: ${job(`if: ${first}`)}
  b: ${job('needs: a, if: always()')}
  c: ${job(`needs: b${condition ? `, ${condition}` : ''}`)}
`)
    expect(repository.checks()).toEqual({ a: first === 'true' ? 'success' : 'skipped', b: 'success', c: expected })
  })

  it.each([
    ['', 'skipped'],
    ['if: failure()', 'success'],
    ['if: always()', 'success'],
    ['if: cancelled()', 'skipped'],
    ['if: "${{ !failure() && needs.b.result == \'success\' }}"', 'skipped'],
  ])('two jobs after a failure, with "%s": %s', async (condition, expected) => {
    const hub = await repository.runs(`
on: workflow_dispatch
jobs:
  a: ${job('', 'exit 1')}
  b: ${job('needs: a, if: always()')}
  c: ${job(`needs: b${condition ? `, ${condition}` : ''}`)}
`)
    expect(repository.checks()).toEqual({ a: 'failure', b: 'success', c: expected })
    expect(hub.runs()[0]?.conclusion).toBe('failure')
  })
})
