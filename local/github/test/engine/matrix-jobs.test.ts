import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { localRepository } from '../local-repository.ts'

const repository = localRepository()
const { logs, conclusions } = repository

const matrix = (strategy: string, steps: string, rest = '') => `
on: workflow_dispatch
jobs:
  a:
    runs-on: ubuntu-24.04
    strategy: { ${strategy} }
    ${rest}
    steps: [${steps}]
`

describe('a matrix', () => {
  it.each([
    ['is cancelled as a whole when one fails', '', 'cancelled'],
    ['goes on when fail-fast is off', 'fail-fast: false, ', 'success'],
  ])('%s', async (_, failFast, other) => {
    const hub = await repository.runs(
      matrix(
        `${failFast}max-parallel: 1, matrix: { n: [1, 2] }`,
        '{ run: "exit $N", shell: bash, env: { N: "${{ matrix.n == 1 && 1 || 0 }}" } }',
        'name: "a ${{ matrix.n }}"',
      ),
    )
    expect(repository.checks()).toEqual({ 'a 1': 'failure', 'a 2': other })
    expect(hub.runs()[0]?.conclusion).toBe('failure')
  })

  it('cancels what runs beside the one that failed', async () => {
    await repository.runs(
      matrix(
        'matrix: { n: [fails, runs] }',
        `{ run: 'if [ "$N" = fails ]; then sleep 0.3; exit 1; fi; sleep 60', shell: bash, env: { N: "\${{ matrix.n }}" } }`,
        'name: "${{ matrix.n }}"',
      ),
    )
    expect(conclusions()).toEqual({ fails: 'failure', runs: 'cancelled' })
  })

  it.each([
    [1, 1],
    [2, 2],
  ])('runs %i at a time', async (limit, most) => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-matrix-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const go = join(folder, 'go')
    const hub = await repository.start({
      '.github/workflows/main.yml': matrix(
        `max-parallel: ${limit}, matrix: { n: [1, 2, 3, 4] }`,
        `{ run: "echo began; until test -e ${go}; do sleep 0.05; done; sleep 0.2; echo ended", shell: bash }`,
      ),
    })
    await hub.dispatch('ann', 'main.yml', 'main', {})
    // None ends before so many have begun, however long a shell takes to start.
    await expect.poll(() => logs().filter((line) => line === 'began').length).toBe(most)
    writeFileSync(go, '')
    await hub.settled()
    let [running, highest] = [0, 0]
    for (const line of logs()) {
      if (line === 'began') highest = Math.max(highest, (running += 1))
      if (line === 'ended') running -= 1
    }
    expect(highest).toBe(most)
    expect(logs().filter((line) => line === 'ended')).toHaveLength(4)
  })

  it('fails for an empty list, as on GitHub, and says which', async () => {
    const hub = await repository.runs(matrix('matrix: { n: "${{ fromJSON(\'[]\') }}" }', '{ run: echo, shell: bash }'))
    expect(hub.runs()[0]?.conclusion).toBe('failure')
    expect(repository.events()).toContainEqual(
      expect.objectContaining({ type: 'annotation', message: "Matrix vector 'n' does not contain any values" }),
    )
  })
})
