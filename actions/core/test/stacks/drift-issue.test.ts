import { describe, expect, it } from 'vitest'
import { planDriftIssue, type DriftIssue } from '../../src/stacks/drift-issue.ts'

const plan = (lines: string[], open: DriftIssue[] = []) => planDriftIssue('prod', lines, open, 'https://run/1')
/** The issue that an earlier run opened for these lines. */
function opened(lines: string[], change: Partial<DriftIssue> = {}): DriftIssue {
  const made = plan(lines)
  return { number: 7, author: 'Bot', body: made.kind === 'open' ? made.body : '', ...change }
}

describe('planDriftIssue', () => {
  it('opens an issue for what differs, and says how it ends', () => {
    expect(plan(['Group is modified: /Ingress'])).toMatchObject({
      kind: 'open',
      title: 'Drift: prod differs from git',
      body: expect.stringMatching(/1 thing:\n\n```text\nGroup is modified: \/Ingress\n```[^]*https:\/\/run\/1/),
    })
  })

  it('leaves an issue alone that says the same, whichever run wrote it', () => {
    const body = opened(['a', 'b']).body.replace('run/1', 'run/0')
    expect(plan(['a', 'b'], [opened([], { body })])).toEqual({ kind: 'nothing' })
  })

  it('rewrites it when the list changes, the oldest where a race left two', () => {
    const two = [opened(['a'], { number: 9 }), opened(['a'])]
    expect(plan(['a', 'b'], two)).toMatchObject({ kind: 'update', number: 7, body: expect.stringContaining('a\nb') })
  })

  it('closes every one when nothing differs, and does nothing where there is none', () => {
    const two = [opened(['a'], { number: 9 }), opened(['a'])]
    expect(plan([], two)).toMatchObject({ kind: 'close', numbers: [7, 9], comment: expect.stringContaining('again') })
    expect(plan([])).toEqual({ kind: 'nothing' })
  })

  it.each([
    ['of another environment', { body: opened(['a']).body.replaceAll('prod', 'stage') }],
    ['that a person wrote, marker and all', { author: 'User' }],
    ['that only quotes the marker', { body: `> ${opened(['a']).body}` }],
  ])('does not take an issue for its own %s', (_, change) => {
    expect(plan(['a'], [opened(['a'], change)]).kind).toBe('open')
    expect(plan([], [opened(['a'], change)]).kind).toBe('nothing')
  })

  it('stays below what GitHub takes, and lets nothing out of its fence', () => {
    const made = plan(Array.from({ length: 5000 }, (_, index) => `\`\`\` line ${index} ${'x'.repeat(40)}`))
    if (made.kind !== 'open') throw new Error(made.kind)
    expect(made.body.length).toBeLessThan(65_536)
    expect(made.body).toMatch(/\.\.\. and \d+ more, in the run's summary\n```/)
    expect(made.body.match(/```/g)).toHaveLength(2)
  })
})
