import { describe, expect, it } from 'vitest'
import { describePlan, describeTimeline, weightBar } from '../../src/rollout/summary.ts'
import { aService } from './fakes.ts'

describe('describePlan', () => {
  it.each([
    [
      { strategy: 'LINEAR', stepPercent: 25 },
      'then steps of 25 % of production traffic; before each the judge looks every 1m',
    ],
    [{ strategy: 'CANARY', canaryPercent: 5 }, 'then 5 % of production traffic, then all'],
    [{ strategy: 'BLUE_GREEN', pauses: { timeout: '90m' } }, 'a pause that nobody answers rolls back after 90 minutes'],
    [{ strategy: 'ROLLING' }, 'tasks are replaced one after another'],
  ])('tells a reader how %j goes', (rollout, line) => {
    expect(describePlan(aService({ rollout }))).toContain(line)
  })

  it('names the gates where there are any', () => {
    const tests = [{ name: 'api', run: 'npm run test:api' }]
    expect(describePlan(aService({ tests }))).toContain('before any production traffic: the test `api`')
    expect(describePlan(aService())).not.toContain('before any production traffic')
  })
})

describe('describeTimeline', () => {
  it('counts seconds from the first entry and draws the weight', () => {
    const entry = { phase: 'paused', stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT', tasks: '2/2' }
    const table = describeTimeline([
      { ...entry, at: '2026-11-21T10:00:00.000Z', productionWeight: 0 },
      { ...entry, at: '2026-11-21T10:00:42.000Z', productionWeight: 50 },
    ])
    expect(table).toContain('| +42 s | paused | PRE_PRODUCTION_TRAFFIC_SHIFT | █████░░░░░ 50 % | 2/2 |')
    expect(weightBar(100)).toBe('██████████ 100 %')
  })
})
