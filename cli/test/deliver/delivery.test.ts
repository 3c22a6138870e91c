import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cloneOfHead, expectDelivered, type Clone, type Delivered } from './deliver-clone.ts'
import { compareUse } from './least-privilege.ts'
import { callsOfDelivery, logLinesOfDelivery, rolesOfDelivery, taskRolesOfDelivery } from './recorded-use.ts'
import { forFailures, forLandedRollouts, forTasks, takenElsewhere } from './reserved-permissions.ts'

let clone: Clone
beforeEach(() => {
  clone = cloneOfHead()
})
afterEach(() => clone.remove())

/** Metrics and logs of what runs carry the release's version and commit, which only its task definition tells a task. */
function expectReleaseNamed({ report }: Delivered): void {
  const [serves] = report.environments.map((environment) => environment.serves)
  expect(serves?.version).toMatch(/^\d+\.\d+\.\d+/)
  // The commit on the local main, which holds what was delivered.
  const git = (...args: string[]) => execFileSync('git', args, { cwd: join(clone.checkout, '.sluice/state/main') })
  expect(() => git('merge-base', '--is-ancestor', report.commit, serves?.commit ?? '')).not.toThrow()
  for (const environment of report.environments) {
    expect(environment.serves).toEqual(serves)
    const lines = logLinesOfDelivery(clone.checkout, environment.name, 'registry')
    for (const said of [/^listening on /, /migrat/]) {
      const line = lines.find(({ msg, commit }) => said.test(String(msg)) && commit === serves?.commit)
      expect(line, `${environment.name}: ${said}`).toMatchObject({ version: serves?.version, commit: serves?.commit })
    }
  }
}

/** What a delivery leaves for people: summaries, evidence, and the judge's words with the counts that they rest on. */
function expectRunFolder({ report }: Delivered): void {
  const files = readdirSync(join(clone.checkout, '.sluice/latest'), { recursive: true, encoding: 'utf8' })
  for (const { name, rollout } of report.environments) {
    for (const bundle of ['evidence', 'judge'])
      expect(files).toContainEqual(
        expect.stringMatching(new RegExp(`^artifacts/\\d+/${bundle}-${name}-registry/bundle.json$`)),
      )
    for (const job of ['plan', 'deploy', 'rollout', 'record'])
      expect(files).toContainEqual(
        expect.stringMatching(new RegExp(`^jobs/\\d+-registry_to_${name}-${job}-summary.md$`)),
      )
    expect(rollout?.reason).not.toBe('')
  }
  const passed = report.environments.at(-1)?.rollout?.verdicts.filter(({ outcome }) => outcome === 'pass') ?? []
  expect(passed.length).toBeGreaterThanOrEqual(3)
  for (const { metrics } of passed) expect(metrics.find(({ metric }) => metric === 'errors')?.total).toBeGreaterThan(0)
  expect(Object.keys(report.seconds)).toEqual(expect.arrayContaining(['build', 'dev', 'stage', 'prod']))
}

describe('the whole delivery', () => {
  it('carries HEAD to production without a failed request', { timeout: 900_000 }, async () => {
    const delivered = await clone.deliver('--runtime', 'process')
    expectDelivered(delivered)
    expectReleaseNamed(delivered)
    expectRunFolder(delivered)
    // Least privilege: every call is granted to the role that made it, and every grant was used or has its reason.
    const roles = rolesOfDelivery(clone.checkout).filter(
      ({ kind }) => kind !== 'roll-back' && takenElsewhere[kind] == null,
    )
    const everyRole = [...roles, ...taskRolesOfDelivery(clone.checkout)]
    expect(compareUse(everyRole, callsOfDelivery(clone.checkout), { ...forFailures, ...forTasks })).toEqual({
      missing: [],
      unused: [],
      idle: [],
    })
  })

  it('takes a release back that fails in production, and says why', { timeout: 900_000 }, async () => {
    const { code, output, report } = await clone.deliver('--runtime', 'process', '--fault', 'errors')
    expect(report.result, output).toBe('rolled-back')
    expect(code).toBe(1)
    const prod = report.environments.at(-1)
    expect(prod?.digest).toBe(report.baseline.digest)
    expect(report.reason).toMatch(/^prod: .*errors: \d+ of \d+ requests \([\d.]+ %\) against/)
    // A fault of one in five, on the new revision's share alone.
    const inProd = report.traffic.find(({ phase }) => phase === 'prod')
    expect(inProd?.failed).toBeGreaterThan(0)
    expect(inProd?.failed).toBeLessThan((inProd?.requests ?? 0) * 0.25)
    const after = report.traffic.find(({ phase }) => phase === 'after roll back')
    expect(after?.requests).toBeGreaterThan(100)
    expect(after?.failed, JSON.stringify(after)).toBe(0)
    const roles = [...rolesOfDelivery(clone.checkout), ...taskRolesOfDelivery(clone.checkout)]
    const calls = callsOfDelivery(clone.checkout)
    expect(compareUse(roles, calls, {}).missing).toEqual([])
    const undoing = compareUse(
      roles.filter(({ kind }) => kind === 'roll-back'),
      calls.filter(({ principal }) => principal.includes('/sluice-roll-back-')),
      forLandedRollouts,
    )
    expect(undoing).toMatchObject({ missing: [], unused: [] })
  })
})
