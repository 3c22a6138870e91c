import { describe, expect, it } from 'vitest'
import { bundleSha256 } from '../../src/evidence/bundle.ts'
import { decideApproval, type Approval, type ApprovalFacts } from '../../src/promotion/approval.ts'
import { aBundle, imageA, imageB } from '../evidence/a-bundle.ts'

const by = (login: string, kind: Approval['by'] = 'review'): Approval => ({ login, by: kind })
const facts = (values: Partial<ApprovalFacts> = {}): ApprovalFacts => ({
  bundle: aBundle(),
  shownSha256: bundleSha256(aBundle()),
  approvals: [by('alice'), by('bob', 'environment')],
  people: [{ login: 'carol', name: 'Carol', email: 'carol@example.org' }],
  peopleComplete: true,
  configurationPeople: [{ login: 'frank', name: 'Frank', email: 'frank@example.org' }],
  configurationComplete: true,
  pullRequestOpener: 'github-actions[bot]',
  starters: ['alice'],
  runningImage: imageA,
  wantedImage: imageB,
  digestInRegistry: true,
  ineligible: [],
  now: new Date('2026-11-20T13:00:00Z'),
  ...values,
})
const reasonOf = (values: Partial<ApprovalFacts>) => decideApproval(facts(values)).reasons.join('\n')

it('accepts enough people with no hand in the change', () => {
  expect(decideApproval(facts())).toEqual({ approved: true, approvers: ['alice', 'bob'], reasons: [] })
})

describe('does not count', () => {
  it.each<[string, Partial<ApprovalFacts>, string]>([
    ['the author', { approvals: [by('alice'), by('Carol')] }, 'Carol does not count: an author of the change'],
    [
      'a co-author by the address alone',
      { people: [{ name: 'B.', email: 'bob@example.org' }] },
      'bob does not count: an author of the change',
    ],
    [
      'the author of its configuration',
      { approvals: [by('alice'), by('Frank', 'environment')] },
      'Frank does not count: an author of its configuration',
    ],
    [
      'an author of its configuration by the address alone',
      { configurationPeople: [{ name: 'B.', email: 'bob@example.org' }] },
      'bob does not count: an author of its configuration',
    ],
    ['who opened the pull request', { pullRequestOpener: 'bob' }, 'bob does not count: opened the pull request'],
    ['who started the run, for the run', { starters: ['bob'] }, 'bob does not count: started this run'],
    ['a bot', { approvals: [by('alice'), by('renovate[bot]')] }, 'a bot approves nothing'],
    ['the same person twice', { approvals: [by('bob'), by('bob', 'environment')] }, 'found 1 (bob)'],
    ['nobody', { approvals: [] }, 'expected the approval of 2 people, found 0'],
  ])('%s', (_what, values, reason) => {
    expect(reasonOf(values)).toContain(reason)
  })
})

it('counts the review of the one who merged, which started the run', () => {
  expect(decideApproval(facts({ starters: ['alice'] })).approved).toBe(true)
})

describe('refuses', () => {
  it.each<[string, Partial<ApprovalFacts>, string]>([
    ['altered evidence', { shownSha256: '0'.repeat(64) }, 'the evidence was altered after it was shown'],
    ['old evidence', { now: new Date('2026-11-20T16:00:01Z') }, 'the evidence is 4h 1s old, approvals count for 4h'],
    ['another release in production', { runningImage: imageB }, `expected ${imageA} to run, as the evidence says`],
    ['nothing in production', { runningImage: undefined }, 'found nothing'],
    ['a newer promotion on main', { wantedImage: imageA }, 'a newer promotion took its place'],
    ['a digest that is gone', { digestInRegistry: false }, 'is not in the registry any more'],
    ['what keeps the release out now', { ineligible: ['the freeze window "weekend" is on'] }, 'the freeze window'],
    ['authors that could not be listed', { peopleComplete: false }, 'could not all be listed'],
    [
      'authors of the configuration that could not be listed',
      { configurationComplete: false },
      'the authors of the configuration could not all be listed',
    ],
  ])('%s', (_what, values, reason) => {
    const decision = decideApproval(facts(values))
    expect(decision.approved).toBe(false)
    expect(decision.reasons.join('\n')).toContain(reason)
  })
})

it('accepts evidence to the second of its time to live', () => {
  expect(decideApproval(facts({ now: new Date('2026-11-20T16:00:00Z') })).approved).toBe(true)
})

it('gives all reasons at once', () => {
  expect(decideApproval(facts({ approvals: [], digestInRegistry: false, wantedImage: imageA })).reasons).toHaveLength(3)
})

it('verifies the rest where no approval is needed', () => {
  const bundle = aBundle({ promotion: { ...aBundle().promotion, approvals: 0 } })
  const none = {
    bundle,
    shownSha256: bundleSha256(bundle),
    approvals: [],
    peopleComplete: false,
    configurationComplete: false,
  }
  expect(decideApproval(facts(none)).approved).toBe(true)
  expect(decideApproval(facts({ ...none, digestInRegistry: false })).approved).toBe(false)
})
