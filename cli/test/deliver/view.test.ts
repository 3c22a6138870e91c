import type { WriteStream } from 'node:tty'
import { describe, expect, it } from 'vitest'
import type { GitHubEvent, RunInfo } from '@sluice/local/github'
import { followWorkflows } from '../../src/deliver/follow-workflows.ts'
import { LiveLine } from '../../src/deliver/live-line.ts'
import { agreeingPeople, peopleAtTerminal } from '../../src/deliver/people.ts'
import { Phases } from '../../src/deliver/phases.ts'
import { createView } from '../../src/deliver/view.ts'
import { describeStage } from '../../src/deliver/watch-rollouts.ts'

const run: RunInfo = {
  id: 7,
  workflow: '.github/workflows/deploy-env.yml',
  name: 'deploy registry to prod',
  event: 'push',
  actor: 'you',
  sha: 'c0ffee',
  headSha: 'c0ffee',
  ref: 'refs/heads/main',
  branch: 'main',
  inputs: {},
}

/** A view on a stream that keeps what is written, at a time that is told. */
function watched(isTTY: boolean) {
  let [written, seconds] = ['', 0]
  const stream = { isTTY, columns: 200, write: (text: string) => (written += text) } as unknown as WriteStream
  const view = createView(stream, () => seconds * 1000)
  return { view, at: (time: number) => (seconds = time), written: () => written }
}

/** What is told of a rollout to prod: a job, two stages, looks and an answer. */
function follow(isTTY: boolean): string {
  const { view, at, written } = watched(isTTY)
  const live = new LiveLine(view)
  const phases = new Phases(() => 0)
  const { onEvent } = followWorkflows(['prod'], phases, view, live)
  const log = (line: string): GitHubEvent => ({ type: 'log', run, job: 'Roll out', line })
  onEvent({ type: 'job-started', run, job: 'Roll out' })
  live.rollout('prod', { stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT', weight: 25 })
  at(67)
  onEvent(log('look 3 at 25 %: inconclusive: errors: 0 of 194 requests (0 %): undecided'))
  onEvent(log('> look at this'))
  at(70)
  onEvent(log('CONTINUE: errors: 0 of 500 requests (0 %): below the 1 % ceiling'))
  live.rollout('prod', { stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT', weight: 50 })
  view.close()
  return written()
}

describe('what people watch', () => {
  it('on a terminal has one line with elapsed time, stage, weight, verdict and job', () => {
    const shown = follow(true)
    const job = 'deploy registry to prod: Roll out'
    const stage = 'prod PRE_PRODUCTION_TRAFFIC_SHIFT'
    expect(shown).toContain(` 0:00  ${stage} 25 %  |  ${job}`)
    expect(shown).toContain(` 1:07  ${stage} 25 %  |  at 25 %: inconclusive: errors: 0 of 194 requests`)
    expect(shown).not.toContain('look at this')
    // What was said of a quarter says nothing of a half.
    expect(shown).toContain(` 1:10  ${stage} 50 %  |  ${job}`)
  })

  it('elsewhere is what changed alone, a line each, without any control sequence', () => {
    expect(follow(false)).toBe(' 1:10        judge: CONTINUE: errors: 0 of 500 requests (0 %): below the 1 % ceiling\n')
  })
})

describe('a stage of a rollout', () => {
  it.each([
    ['IN_PROGRESS', undefined, 'IN_PROGRESS', 'IN_PROGRESS'],
    ['BAKE_TIME', 100, 'IN_PROGRESS', 'BAKE_TIME (IN_PROGRESS), 100 % on the new revision'],
    ['SUCCESSFUL', 0, 'SUCCESSFUL', 'SUCCESSFUL, 0 % on the new revision'],
  ])('%s at %s is told with the share of production, where one is shifted', (stage, weight, status, told) => {
    const seen = { stage, at: '2026-11-22T00:00:00Z', ...(weight === undefined ? {} : { weight }) }
    expect(describeStage(seen, status)).toBe(told)
  })
})

describe('a question', () => {
  it('is answered by --yes as the configured reviewer, which is told', async () => {
    const { view, written } = watched(false)
    expect(await agreeingPeople(view).agree('Approve the deployment to prod?', 'alice')).toBe(true)
    expect(written()).toContain('Approve the deployment to prod? Yes, as alice (--yes)')
  })

  it.skipIf(process.stdin.isTTY)('is an error where nobody can answer, never a yes (needs no terminal)', async () => {
    const people = peopleAtTerminal(watched(false).view, new AbortController().signal)
    await expect(people.agree('Approve?', 'alice')).rejects.toThrow('run again with --yes to answer as alice')
  })
})
