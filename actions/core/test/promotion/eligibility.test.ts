import { expect, it } from 'vitest'
import type { EvidenceBundle } from '../../src/evidence/bundle.ts'
import { decideEligibility } from '../../src/promotion/eligibility.ts'
import { aBundle, aGate } from '../evidence/a-bundle.ts'

const now = new Date('2026-11-20T12:00:00Z')
const decide = (values: Partial<EvidenceBundle>, at = now) => decideEligibility({ bundle: aBundle(values), now: at })
const ranHere = (outcome: 'pass' | 'fail') => [
  ...aBundle().runs,
  { environment: 'prod', deploymentId: 9, outcome, finishedAt: '2026-11-19T11:00:00.000Z', gates: [] },
]

it('lets in what passed its gates, ran in the environment before and soaked', () => {
  expect(decide({})).toEqual({ eligible: true, reasons: [], onlyTime: true })
})

it.each<[string, Partial<EvidenceBundle>, string]>([
  ['a gate without a result', { gates: [] }, 'the gate "findings" has no result'],
  ['a gate that failed', { gates: [aGate('findings', 'fail')] }, 'the gate "findings" says fail'],
  ['an inconclusive gate', { gates: [aGate('findings', 'inconclusive')] }, 'says inconclusive'],
  ['a release that skipped an environment', { runs: [] }, 'it has not run in stage yet'],
  [
    'a release that failed there',
    { runs: [{ ...aBundle().runs[0], outcome: 'fail' } as never] },
    'did not pass in stage',
  ],
  [
    'a release that was rolled back here',
    { runs: ranHere('fail') },
    'it is held in prod: deployment 9 ended with fail',
  ],
])('keeps out %s, which time does not mend', (_what, values, reason) => {
  const { eligible, reasons, onlyTime } = decide(values)
  expect({ eligible, onlyTime }).toEqual({ eligible: false, onlyTime: false })
  expect(reasons.join('\n')).toContain(reason)
})

it('keeps out what has not soaked, and says until when', () => {
  expect(decide({}, new Date('2026-11-20T11:20:00Z'))).toEqual({
    eligible: false,
    onlyTime: true,
    reasons: ['it has to run in stage for 30m, until 2026-11-20T11:30:00.000Z (10m more)'],
  })
})

it('keeps out during a freeze, which time mends', () => {
  const freeze = { window: 'weekend', reason: 'the freeze window "weekend" is on', until: '2026-11-23T00:00:00.000Z' }
  const decision = decideEligibility({ bundle: aBundle(), freeze, now })
  expect(decision.onlyTime).toBe(true)
  expect(decision.reasons).toEqual(['the freeze window "weekend" is on, until 2026-11-23T00:00:00.000Z'])
})

it('gives every reason at once', () => {
  expect(decide({ gates: [], runs: [] }).reasons).toHaveLength(2)
})

it('lets a person bring a held release back, with a reason', () => {
  expect(decide({ runs: ranHere('fail'), reason: 'the database was down' }).eligible).toBe(true)
})

it('keeps the way back to what ran well here open, whatever was found in it since', () => {
  expect(decide({ runs: ranHere('pass'), gates: [aGate('findings', 'fail')], reason: 'errors' }).eligible).toBe(true)
  expect(decide({ runs: ranHere('pass'), gates: [aGate('findings', 'fail')] }).eligible).toBe(false)
})

it('asks the first environment for no other', () => {
  const { from: _from, ...promotion } = aBundle().promotion
  expect(decide({ promotion, runs: [] }).eligible).toBe(true)
})
