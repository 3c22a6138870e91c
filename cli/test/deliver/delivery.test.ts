import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cloneOfHead, expectDelivered, type Clone } from './deliver-clone.ts'
import { compareUse } from './least-privilege.ts'
import { callsOfDelivery, rolesOfDelivery, taskRolesOfDelivery } from './recorded-use.ts'
import { forFailures, forLandedRollouts, forTasks, takenElsewhere } from './reserved-permissions.ts'

let clone: Clone
beforeEach(() => {
  clone = cloneOfHead()
})
afterEach(() => clone.remove())

describe('the whole delivery', () => {
  it('carries HEAD to production without a failed request', { timeout: 480_000 }, async () => {
    expectDelivered(await clone.deliver('--runtime', 'process'))
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

  it('takes a release back that fails in production, and says why', { timeout: 480_000 }, async () => {
    const { code, output, report } = await clone.deliver('--runtime', 'process', '--fault', 'errors')
    expect(report.result, output).toBe('rolled-back')
    expect(code).toBe(1)
    const prod = report.environments.at(-1)
    expect(prod?.digest).toBe(report.baseline.digest)
    expect(report.reason).toMatch(/errors/)
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
