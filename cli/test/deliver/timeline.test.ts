import { describe, expect, it } from 'vitest'
import type { GitHubEvent, RunInfo } from '@sluice/local/github'
import { renderTimeline } from '../../src/deliver/render-timeline.ts'
import { Timeline } from '../../src/deliver/timeline.ts'

const run: RunInfo = {
  id: 7,
  workflow: '.github/workflows/main.yml',
  name: 'main',
  event: 'push',
  actor: 'you',
  sha: 'c0ffee',
  headSha: 'c0ffee',
  ref: 'refs/heads/main',
  branch: 'main',
  inputs: {},
}

function recorded(events: readonly [seconds: number, event: GitHubEvent][]): Timeline {
  let now = 0
  const timeline = new Timeline(() => now * 1000)
  for (const [seconds, event] of events) {
    now = seconds
    timeline.hear(event)
  }
  return timeline
}

const build: [number, GitHubEvent][] = [
  [1, { type: 'job-started', run, job: 'build' }],
  [1.5, { type: 'step-started', run, job: 'build', step: 'Check out' }],
  [2, { type: 'step-finished', run, job: 'build', step: 'Check out', conclusion: 'success' }],
  [2, { type: 'step-started', run, job: 'build', step: 'Build <it> & push' }],
  [6, { type: 'step-finished', run, job: 'build', step: 'Build <it> & push', conclusion: 'failure' }],
  [7, { type: 'job-finished', run, job: 'build', conclusion: 'failure' }],
]

describe('the timeline of a delivery', () => {
  it('keeps when jobs and their steps began and ended, in seconds', () => {
    expect(recorded(build).jobs).toStrictEqual([
      {
        name: 'build',
        workflow: 'main',
        conclusion: 'failure',
        from: 1,
        to: 7,
        steps: [
          { name: 'Check out', from: 1.5, to: 2 },
          { name: 'Build <it> & push', from: 2, to: 6 },
        ],
      },
    ])
  })

  it('keeps jobs of the same name in two runs apart', () => {
    const other = { ...run, id: 8 }
    const { jobs } = recorded([
      [1, { type: 'job-started', run, job: 'changes' }],
      [2, { type: 'job-started', run: other, job: 'changes' }],
      [3, { type: 'job-finished', run, job: 'changes', conclusion: 'success' }],
      [5, { type: 'job-finished', run: other, job: 'changes', conclusion: 'success' }],
    ])
    expect(jobs.map(({ from, to }) => [from, to])).toStrictEqual([
      [1, 3],
      [2, 5],
    ])
  })

  it('is drawn with every step named and nothing of a name taken for markup', () => {
    const picture = renderTimeline({
      title: 'Delivery of c0ffee',
      phases: [{ name: 'build', from: 0, to: 8 }],
      jobs: recorded(build).jobs,
    })
    expect(picture).toContain('<title>Build &lt;it&gt; &amp; push: 4.0 s</title>')
    expect(picture).toContain('Delivery of c0ffee, 8 s')
    expect(picture).not.toContain('<it>')
  })

  it('leaves out jobs that were skipped', () => {
    const { jobs } = recorded([
      [1, { type: 'job-started', run, job: 'hold' }],
      [1, { type: 'job-finished', run, job: 'hold', conclusion: 'skipped' }],
    ])
    expect(renderTimeline({ title: 'x', phases: [], jobs })).not.toContain('hold')
  })
})
