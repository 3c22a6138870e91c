import type { RunInfo } from '@sluice/local/github'
import { beforeEach, describe, expect, it } from 'vitest'
import { showRuns, type ShownRuns } from '../../src/pull-request/show-runs.ts'

const run = {} as RunInfo
let lines: string[]
let now: number
let shown: ShownRuns
beforeEach(() => {
  lines = []
  now = 0
  const view = { line: (text: string) => void lines.push(text.trim()), status: () => {}, close: () => {} }
  shown = showRuns(view, () => now)
})
const after = (seconds: number) => {
  now = seconds * 1000
  shown.remind()
}

describe('a step that takes long', () => {
  beforeEach(() => {
    shown.onEvent({ type: 'job-started', run, job: 'Dist' })
    shown.onEvent({ type: 'step-started', run, job: 'Dist', step: 'Install' })
  })

  it('is told of every half minute, with what it printed last', () => {
    after(29)
    expect(lines).toEqual([])
    after(30)
    shown.onEvent({ type: 'log', run, job: 'Dist', line: 'npm http fetch 1' })
    shown.onEvent({ type: 'log', run, job: 'Dist', line: '' })
    after(45)
    after(61)
    expect(lines).toEqual([
      'Dist: Install takes 0:30 so far, it has printed nothing yet',
      'Dist: Install takes 1:01 so far, last: npm http fetch 1',
    ])
  })

  it('is told of no more when it has ended', () => {
    shown.onEvent({ type: 'step-finished', run, job: 'Dist', step: 'Install', conclusion: 'success' })
    after(100)
    expect(lines).toEqual([])
  })

  it('is counted from its own start, not from that of its job', () => {
    now = 25_000
    shown.onEvent({ type: 'step-finished', run, job: 'Dist', step: 'Install', conclusion: 'success' })
    shown.onEvent({ type: 'step-started', run, job: 'Dist', step: 'Build' })
    after(40)
    expect(lines).toEqual([])
  })
})
