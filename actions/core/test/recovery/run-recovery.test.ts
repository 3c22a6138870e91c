import { describe, expect, it } from 'vitest'
import { recoveryVerdict } from '../../src/recovery/outcome.ts'
import { runRecovery } from '../../src/recovery/run-recovery.ts'
import { describeRecovery } from '../../src/recovery/summary.ts'
import { expected, request, World } from './world.ts'

const secondsOf = (result: Awaited<ReturnType<typeof runRecovery>>) =>
  Object.fromEntries(result.measured.map(({ name, seconds }) => [name, seconds]))

describe('a recovery', () => {
  it('moves every cluster by the plan of the other region and measures until it holds for good', async () => {
    const world = new World({ arrivals: [40, 62], writesDown: [4, 76], ends: 70 })
    const result = await runRecovery(world.ports(), request())
    expect(world.starts).toEqual([{ region: 'us-west-2', mode: 'switchover', token: 'run-17' }])
    expect(secondsOf(result)).toEqual({ reads: 0, writes: 76, 'recovery point': 0 })
    expect(recoveryVerdict(result).outcome).toBe('pass')
    expect(recoveryVerdict(result).reason).toContain('writes: 166 s (90 s of them to notice and decide), within')
  })

  it('takes the last writer for the time of writes where clients noticed nothing', async () => {
    const result = await runRecovery(new World({ arrivals: [40, 62] }).ports(), request())
    expect(secondsOf(result)['writes']).toBe(62)
  })

  it.each([
    ['reads', { readsDown: [2, 64] as const }, 'reads: 64 s, above the objective of 60 s'],
    ['writes', { arrivals: [40, 212] as const, ends: 214 }, 'writes: 302 s (90 s of them to notice and decide), above'],
  ])('fails when %s come back too late', async (_, course, reason) => {
    const result = await runRecovery(new World(course).ports(), request())
    const verdict = recoveryVerdict(result)
    expect(verdict.outcome).toBe('fail')
    expect(verdict.reason).toContain(reason)
  })

  it('fails when a writer never arrives, once nothing can change any more', async () => {
    const world = new World({ arrivals: [40, undefined] })
    const result = await runRecovery(world.ports(), request())
    expect(recoveryVerdict(result)).toMatchObject({
      outcome: 'fail',
      reason: 'writes: 1 of 2 clusters have their writer in us-west-2',
    })
  })

  it.each(['failed', 'canceled', 'planExecutionTimedOut', 'pausedByFailedStep'])(
    'fails at once when the plan ends %s, and names the steps',
    async (state) => {
      const world = new World({ arrivals: [40, undefined], ends: 50, state })
      const result = await runRecovery(world.ports(), request())
      expect(recoveryVerdict(result)).toEqual({
        outcome: 'fail',
        reason: `the plan ended ${state}: database-1 running`,
      })
      expect(world.clock.now().toISOString()).toBe('2026-11-21T10:00:50.000Z')
    },
  )

  it('is no pass when the plan left steps out', async () => {
    const result = await runRecovery(new World({ state: 'completedWithExceptions' }).ports(), request())
    expect(recoveryVerdict(result).outcome).toBe('fail')
  })

  it('gives up on a plan that runs for 45 minutes, and calls it undecided', async () => {
    const world = new World({ arrivals: [40, 60], ends: 10_000 })
    const result = await runRecovery(world.ports(), request())
    expect(recoveryVerdict(result)).toMatchObject({
      outcome: 'inconclusive',
      reason: expect.stringContaining('inProgress'),
    })
  })

  describe('by failover', () => {
    const failover = request({ mode: 'failover' })

    it('loses what had not arrived when it began', async () => {
      const world = new World()
      world.lag = [0.2, 0.75]
      const result = await runRecovery(world.ports(), failover)
      expect(secondsOf(result)['recovery point']).toBe(0.75)
      expect(recoveryVerdict(result).outcome).toBe('pass')
    })

    it('fails above the objective of the recovery point', async () => {
      const world = new World()
      world.lag = [0.2, 1.5]
      const { outcome, reason } = recoveryVerdict(await runRecovery(world.ports(), failover))
      expect([outcome, reason]).toEqual(['fail', 'recovery point: 1.5 s, above the objective of 1 s'])
    })

    it('is undecided when nobody reported the lag: what is unknown is no pass', async () => {
      const world = new World()
      world.lag = [0.2, undefined]
      expect(recoveryVerdict(await runRecovery(world.ports(), failover)).outcome).toBe('inconclusive')
    })

    it('goes ahead without an address to ask, and does not call that a pass', async () => {
      const world = new World()
      world.hasAddress = false
      const verdict = recoveryVerdict(await runRecovery(world.ports(), failover))
      expect(verdict).toEqual({ outcome: 'inconclusive', reason: 'reads: nobody asked, for want of an address' })
    })

    it('goes ahead with the region lost, reads unanswered and warnings of the plan', async () => {
      const world = new World()
      world.lost = ['us-east-1']
      world.isReadable = false
      world.warnings = ['the alarm is missing']
      await runRecovery(world.ports(), failover)
      expect(world.starts).toHaveLength(1)
      expect(world.lines).toContain('sluice-prod-us-west-2: the alarm is missing')
    })
  })

  describe('by switchover', () => {
    it('is refused, with all reasons at once, when something is broken already', async () => {
      const world = new World()
      world.isReadable = false
      world.warnings = ['the role may not switch over']
      const error = await runRecovery(world.ports(), request()).catch((caught: unknown) => caught)
      expect(String(error)).toContain('the Region switch plan is not ready: the role may not switch over')
      expect(String(error)).toContain('expected prod to answer reads before a switchover')
      expect(world.starts).toEqual([])
    })
  })

  it('is refused by switchover without an address to ask', async () => {
    const world = new World()
    world.hasAddress = false
    await expect(runRecovery(world.ports(), request())).rejects.toThrow(
      'expected an address of prod to ask as a client',
    )
  })

  describe('that died', () => {
    it('is followed by the next attempt, and nothing is started twice', async () => {
      const world = new World({ arrivals: [40, 62], writesDown: [4, 76] })
      world.diesAtLook = 3
      await expect(runRecovery(world.ports(), request())).rejects.toThrow('killed')
      world.wait(20)
      const result = await runRecovery(world.ports(), request())
      expect(world.starts).toHaveLength(1)
      expect(result.execution?.id).toBe('execution-1')
      expect(secondsOf(result)).toMatchObject({ writes: 76 })
      expect(recoveryVerdict(result).outcome).toBe('pass')
      expect(result.measured[0]).toMatchObject({ name: 'reads', isAtMost: true })
    })

    it('is judged from what ARC remembers when it has ended meanwhile, and what nobody saw is no pass', async () => {
      const world = new World()
      world.diesAtLook = 2
      await expect(runRecovery(world.ports(), request())).rejects.toThrow('killed')
      world.wait(3600)
      const result = await runRecovery(world.ports(), request())
      expect(world.starts).toHaveLength(1)
      expect(recoveryVerdict(result)).toMatchObject({
        outcome: 'inconclusive',
        reason: expect.stringContaining('nobody watched before'),
      })
    })

    it('is followed by another run too, for it runs', async () => {
      const world = new World()
      world.diesAtLook = 2
      await expect(runRecovery(world.ports(), request())).rejects.toThrow('killed')
      const result = await runRecovery(world.ports(), request({ token: 'run-18' }))
      expect(world.starts).toHaveLength(1)
      expect(result.execution?.id).toBe('execution-1')
    })

    it('is not taken for one to another region', async () => {
      const world = new World({ ends: 10_000 })
      world.diesAtLook = 2
      await expect(runRecovery(world.ports(), request())).rejects.toThrow('killed')
      world.wait(100)
      await expect(runRecovery(world.ports(), request({ region: 'us-east-1' }))).rejects.toThrow(
        /found execution-1 to us-west-2 \(inProgress\).*cancel-plan-execution/,
      )
    })
  })

  it('starts nothing when everything is there', async () => {
    const world = new World()
    world.writers = ['us-west-2', 'us-west-2']
    const result = await runRecovery(world.ports(), request({ region: 'us-west-2' }))
    expect(world.starts).toEqual([])
    expect(recoveryVerdict(result)).toEqual({ outcome: 'pass', reason: 'nothing to move' })
  })

  it('starts nothing when only the plan is wanted, and says what would move', async () => {
    const world = new World()
    const result = await runRecovery(world.ports(), request({ planOnly: true }))
    expect(world.starts).toEqual([])
    const text = describeRecovery(result, expected)
    expect(text).toContain('| 1 | 1, 3, 5, 7 | us-east-1 | us-west-2 |')
    expect(text).toContain('| writes | 224 s | 300 s |')
  })

  it('names the stack to deploy where there is no plan', async () => {
    const world = new World()
    world.plans = [{ arn: 'arn:x', name: 'sluice-stage-us-west-2' }]
    await expect(runRecovery(world.ports(), request())).rejects.toThrow(
      'expected the Region switch plan sluice-prod-us-west-2 in us-west-2, found sluice-stage-us-west-2 (deploy the recovery stack of prod (infra.yml))',
    )
  })

  it('is an error, and no verdict, when no region says where the writers are', async () => {
    const world = new World()
    world.lost = ['us-east-1', 'us-west-2']
    await expect(runRecovery(world.ports(), request())).rejects.toThrow(
      'expected an answer about the writers from one of us-west-2, us-east-1, found none',
    )
  })
})

describe('the summary of a recovery', () => {
  it('shows what moved, what was measured against what, and what ran at the same time', async () => {
    const world = new World({ arrivals: [40, 62], writesDown: [4, 76] })
    const text = describeRecovery(await runRecovery(world.ports(), request()), expected)
    expect(text).toContain('### ✅ prod to us-west-2 by switchover')
    expect(text).toContain('| writes | 76 s | 90 s | 224 s | 300 s | ✅ pass |')
    expect(text).toContain('| database-1 | completed | 62 s |')
    expect(text).toContain('  database-1 : 0, 62')
  })
})
