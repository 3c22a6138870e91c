import { describe, expect, it } from 'vitest'
import { bundleSha256, evidenceBundleSchema } from '../../src/evidence/bundle.ts'
import { describeBundle } from '../../src/evidence/describe-bundle.ts'
import { listJsonChanges } from '../../src/evidence/json-changes.ts'
import { assessRisk, type RiskFacts } from '../../src/evidence/risk.ts'
import { aBundle } from './a-bundle.ts'

describe('a bundle', () => {
  it('has the same hash after a journey through a file', () => {
    const read = evidenceBundleSchema.parse(JSON.parse(JSON.stringify(aBundle())))
    expect(bundleSha256(read)).toBe(bundleSha256(aBundle()))
  })

  it('has another hash when anything in it changes', () => {
    expect(bundleSha256(aBundle({ strategy: 'CANARY' }))).not.toBe(bundleSha256(aBundle()))
  })

  it('is told with the decision first, the proof, the people and the hash', () => {
    const page = describeBundle(aBundle(), { eligible: false, reasons: ['it has to run in stage for 30m'] })
    expect(page.split('\n')[0]).toBe('**Risk LOW**: a small change of code alone. Strategy: `LINEAR`.')
    expect(page).toContain('- it has to run in stage for 30m')
    expect(page).toContain('| ran in stage | **pass** |')
    expect(page).toContain('none of them carol')
    expect(page).toContain(`sha256:${bundleSha256(aBundle())}`)
  })

  it('tells who changed the configuration, and that they are no approvers', () => {
    const frank = { login: 'frank', name: 'Frank', email: 'frank@example.org' }
    const commits = [{ sha: 'e'.repeat(40), subject: 'chore: more memory', people: [frank] }]
    const page = (complete: boolean, listed = commits) =>
      describeBundle(aBundle({ configuration: { since: 'a'.repeat(40), commits: listed, complete } }), {
        eligible: true,
        reasons: [],
      })
    expect(page(true)).toContain('### Configuration of prod: 1 commit(s) since the last rollout that passed')
    expect(page(true)).toContain('- `eeeeeee` chore: more memory (frank)')
    expect(page(true)).toContain('none of them carol, frank')
    expect(page(false, [])).toContain('**Not all commits could be listed.**')
    expect(page(true, [])).not.toContain('### Configuration')
  })

  it('does not let a commit message become markup or a mention', () => {
    const commits = [{ sha: 'c'.repeat(40), subject: '<img src=x> @acme/all [x](y)', people: [] }]
    const page = describeBundle(aBundle({ change: { commits, complete: true, files: [] } }), {
      eligible: true,
      reasons: [],
    })
    expect(page).toContain(String.raw`\<img src=x\>`)
    expect(page).not.toContain('@acme')
  })
})

describe('differences of two documents', () => {
  it('are told by path, and named things by their names', () => {
    const env = (value: string) => ({
      containers: [
        {
          name: 'web',
          env: [
            { name: 'A', value },
            { name: 'B', value: '1' },
          ],
        },
      ],
    })
    expect(listJsonChanges(env('x'), env('y'))).toEqual([{ path: 'containers.web.env.A.value', from: 'x', to: 'y' }])
  })

  it('tell what came and what went', () => {
    expect(listJsonChanges({ a: 1, b: 2 }, { b: 2, c: 3 })).toEqual([
      { path: 'a', from: 1 },
      { path: 'c', to: 3 },
    ])
  })

  it('are none between equal documents in another order', () => {
    expect(listJsonChanges({ a: 1, b: [1] }, { b: [1], a: 1 })).toEqual([])
  })
})

describe('risk', () => {
  const facts = (values: Partial<RiskFacts>): RiskFacts => ({
    commits: 1,
    commitsComplete: true,
    changedFiles: [],
    taskDefinitionChanges: [],
    isFirst: false,
    isBackwards: false,
    strategy: 'LINEAR',
    ...values,
  })

  it.each<[string, Partial<RiskFacts>, string]>([
    ['a small change', {}, 'low'],
    [
      'only the release of the task definition',
      { taskDefinitionChanges: [{ path: 'containerDefinitions.web.image' }] },
      'low',
    ],
    ['dependencies', { changedFiles: ['package-lock.json'] }, 'medium'],
    ['a setting', { taskDefinitionChanges: [{ path: 'cpu', from: '256', to: '512' }] }, 'medium'],
    ['a role', { taskDefinitionChanges: [{ path: 'taskRoleArn' }] }, 'high'],
    ['migrations', { changedFiles: ['app/migrations/2.sql'] }, 'high'],
    ['a contract migration', { migration: 'contract' }, 'high'],
    ['a held digest', { heldReason: 'held' }, 'high'],
    ['commits that could not be listed', { commitsComplete: false }, 'high'],
    ['more files than are listed', { changedFiles: Array.from({ length: 300 }, (_, index) => `a/${index}`) }, 'medium'],
    ['a roll back', { isBackwards: true }, 'medium'],
  ])('of %s', (_what, values, level) => {
    const risk = assessRisk(facts(values))
    expect(risk.level).toBe(level)
    expect(risk.reasons.length).toBeGreaterThan(0)
  })

  it('names the gravest reason first', () => {
    expect(assessRisk(facts({ changedFiles: ['package-lock.json', 'app/migrations/2.sql'] })).reasons[0]).toContain(
      'migrations',
    )
  })
})
