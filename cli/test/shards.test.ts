import { describe, expect, it } from 'vitest'
import { describeShardPlan, parseShardsOptions } from '../src/shards.ts'

describe('sluice shards', () => {
  it.each([
    [['plan'], { action: 'plan', json: false }],
    [['move', '--shards', '9', '--request-share', '0.5'], { action: 'move', shards: 9, requestShare: 0.5 }],
    [['verify', '--json'], { action: 'verify', json: true }],
  ])('takes %j', (args, options) => {
    expect(parseShardsOptions(args)).toMatchObject(options)
  })

  it.each<[args: readonly string[], problems: readonly string[]]>([
    [[], ['expected one of plan, move, verify']],
    [['plan', 'move'], ['found "plan move"']],
    [
      ['plan', '--shards', '0', '--request-share', '2'],
      ['--shards:', '--request-share:'],
    ],
    [['plan', '--nope'], ["Unknown option '--nope'"]],
  ])('refuses %j, all problems at once', (args, problems) => {
    for (const problem of problems) expect(() => parseShardsOptions(args)).toThrow(problem)
  })

  it('shows every shard before and after, a new one too, and what the way costs', () => {
    const text = describeShardPlan({
      before: [{ shard: 0, slots: 4096, bytes: 3_000_000, requests: 0 }],
      after: [
        { shard: 0, slots: 2048, bytes: 1_500_000, requests: 0 },
        { shard: 1, slots: 2048, bytes: 1_500_000, requests: 0 },
      ],
      imbalanceBefore: 2,
      imbalanceAfter: 1,
      moves: [{ slot: 7, from: 0, to: 1, bytes: 1_500_000 }],
      movedBytes: 1_500_000,
      minimumBytes: 1_500_000,
    })
    expect(text).toMatch(/^ {4}1 {5}0 {6}0\.0 MB .* 2048 {6}1\.5 MB/m)
    expect(text).toContain('greatest over mean: 2.000 before, 1.000 after')
    expect(text).toContain('1 slots with 1.5 MB move (1.00 of the minimum)')
  })
})
