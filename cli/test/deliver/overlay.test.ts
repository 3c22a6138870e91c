import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseDesiredState } from '@sluice/core/environment/read'
import type { Service } from '@sluice/core/environment/service'
import { applyOverlay } from '../../src/deliver/overlay.ts'

const root = join(import.meta.dirname, '../../..')
const filesOf = (folder: string) =>
  new Map(
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.yaml'))
      .map((path) => [path, readFileSync(join(root, folder, path), 'utf8')]),
  )

/** What may differ of a service: how long its rollout, its pauses, its load test and the judge's looks take. */
function withoutTimes({ rollout, analysis, loadTest, ...service }: Service): object {
  const without = (of: object, ...keys: readonly string[]) =>
    Object.fromEntries(Object.entries(of).filter(([key]) => !keys.includes(key)))
  return {
    ...service,
    rollout: without(rollout, 'bakeTime', 'pauses'),
    pauses: 'pauses' in rollout ? without(rollout.pauses, 'timeout') : undefined,
    analysis: without(analysis, 'interval', 'timeout'),
    loadTest: loadTest && without(loadTest, 'duration'),
  }
}

describe('applyOverlay', () => {
  it('merges maps, replaces the rest and keeps comments', () => {
    const merged = applyOverlay(
      new Map([['a.yaml', '# why\nrollout: { strategy: LINEAR, bakeTime: 10m } # here\nregions: [x, y]\n']]),
      new Map([['a.yaml', 'rollout: { bakeTime: 1m }\nregions: ["${REGION}"]\n']]),
      { REGION: 'z' },
    )
    expect(merged.get('a.yaml')).toBe('# why\nrollout: { strategy: LINEAR, bakeTime: 1m } # here\nregions:\n  - z\n')
  })

  it('names files and variables that nobody has', () => {
    expect(() => applyOverlay(new Map(), new Map([['a.yaml', 'x: "${Y}"']]), { Z: '1' })).toThrow(
      /found \$\{Y\}[\s\S]*no environments\/a\.yaml/,
    )
  })

  it("changes nothing of this repository's environments but accounts, hosts and times", () => {
    const before = filesOf('environments')
    const after = parseDesiredState(applyOverlay(before, filesOf('local/overlay'), { ENDPOINT_HOST: '127.0.0.1:4566' }))
    const real = parseDesiredState(before)
    for (const [name, { environment, services }] of Object.entries(real.environments)) {
      const local = after.environments[name]
      expect(local?.environment).toEqual({
        ...environment,
        account: '000000000000',
        imageHost: '127.0.0.1:4566',
        promotion: { ...environment.promotion, soak: local?.environment.promotion.soak },
      })
      for (const [service, desired] of Object.entries(services)) {
        const overlaid = local?.services[service]
        expect(overlaid && withoutTimes(overlaid)).toEqual(withoutTimes(desired))
        expect(overlaid?.analysis.interval).toBeLessThanOrEqual(desired.analysis.interval)
        expect(overlaid?.analysis.timeout).toBeLessThanOrEqual(desired.analysis.timeout)
      }
    }
    expect(Object.values(after.freezes)).toEqual([{ windows: [] }])
    expect({ ...after, environments: {}, freezes: {}, project: after.project.services }).toEqual({
      ...real,
      environments: {},
      freezes: {},
      project: real.project.services,
    })
  })
})
