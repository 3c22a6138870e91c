import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { rollingCounts } from '../../../src/ecs/service/rolling-counts.ts'

const side = (alive: number, healthy = alive) => ({ alive, healthy })

test.each([
  ['starts all beside the old', 100, 200, side(0), side(2), { staying: 2, leaving: 2 }],
  ['stops one old task for each healthy new one', 100, 200, side(2, 1), side(2), { staying: 2, leaving: 1 }],
  ['stops first where it may not exceed', 50, 100, side(0), side(2), { staying: 0, leaving: 1 }],
  ['starts in the room that was made', 50, 100, side(0), side(1), { staying: 1, leaving: 1 }],
  ['lets unhealthy old tasks go at once', 100, 200, side(0), side(2, 0), { staying: 2, leaving: 0 }],
])('%s', (_, minimumHealthyPercent, maximumPercent, staying, leaving, counts) => {
  expect(rollingCounts({ desired: 2, minimumHealthyPercent, maximumPercent, staying, leaving })).toMatchObject(counts)
})

test('with healthy tasks, a roll always ends, within its two limits', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 101, max: 200 }),
      (desired, minimumHealthyPercent, maximumPercent) => {
        const most = Math.floor((desired * maximumPercent) / 100)
        const least = Math.ceil((desired * minimumHealthyPercent) / 100)
        // ECS cannot roll either when it may neither add nor remove a task.
        fc.pre(most > desired || least < desired)
        let [staying, leaving] = [0, desired]
        for (let turn = 0; staying < desired || leaving > 0; turn++) {
          expect(turn).toBeLessThan(200)
          const counts = rollingCounts({
            desired,
            minimumHealthyPercent,
            maximumPercent,
            staying: side(staying),
            leaving: side(leaving),
          })
          expect(counts.leaving + staying).toBeGreaterThanOrEqual(Math.min(least, staying + leaving))
          expect(counts.staying + leaving).toBeLessThanOrEqual(Math.max(most, staying + leaving))
          ;({ staying, leaving } = { staying: counts.staying, leaving: counts.leaving })
        }
      },
    ),
    { seed: 20_261_122 },
  )
})
