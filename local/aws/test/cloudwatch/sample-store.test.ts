import { describe, expect, it } from 'vitest'

import { readPoints } from '../../src/cloudwatch/read-points.ts'
import { SampleStore } from '../../src/cloudwatch/sample-store.ts'
import { readStatistic } from '../../src/cloudwatch/statistic.ts'

const dimensions = { LoadBalancer: 'app/web/1' }
const base = Date.UTC(2026, 0, 1)

function sample(second: number, value: number) {
  return { namespace: 'N', name: 'Time', dimensions, time: new Date(base + second * 1000), value }
}

function read(store: SampleStore, statistic: string, from: number, until: number, period: number) {
  const window = { from: base + from * 1000, until: base + until * 1000, period: period * 1000 }
  const points = readPoints(store.find('N', 'Time', { ...dimensions }), readStatistic(statistic), window)
  return [...points].map(([time, value]) => [(time - base) / 1000, value])
}

describe('SampleStore', () => {
  it('gives periods aligned to the clock, and none where nothing was measured', () => {
    const store = new SampleStore()
    for (const [second, value] of [
      [0, 1],
      [4, 2],
      [5, 3],
      [21, 4],
    ] as const)
      store.put(sample(second, value))
    expect(read(store, 'Sum', 0, 30, 5)).toEqual([
      [0, 3],
      [5, 3],
      [20, 4],
    ])
    expect(read(store, 'Sum', 3, 30, 10)).toEqual([
      [0, 6],
      [20, 4],
    ])
    expect(read(store, 'Sum', 0, 20, 10)).toEqual([[0, 6]])
    // Reading changes nothing.
    expect(read(store, 'Sum', 3, 30, 10)).toEqual([
      [0, 6],
      [20, 4],
    ])
  })

  it('finds a metric whatever the order of its dimensions', () => {
    const store = new SampleStore()
    store.put({ namespace: 'N', name: 'M', dimensions: { B: '2', A: '1' }, time: new Date(base), value: 1 })
    store.put({ namespace: 'N', name: 'M', dimensions: { A: '1', B: '2' }, time: new Date(base), value: 1 })
    expect(store.all()).toHaveLength(1)
    expect(store.find('N', 'M', { A: '1' })).toBeUndefined()
  })

  it('counts above a threshold exactly for the latest values, and nearly for those beyond its memory', () => {
    const store = new SampleStore({ exactValues: 1000, secondsFor: 3600, minutesFor: 86_400 })
    for (let second = 0; second < 100; second += 1) {
      for (let index = 0; index < 100; index += 1) store.put(sample(second, index / 100 + 0.001))
    }
    expect(read(store, 'TC(0.5:)', 95, 100, 5)).toEqual([[95, 250]])
    const [old] = read(store, 'TC(0.5:)', 0, 5, 5)
    expect(Math.abs((old?.[1] ?? 0) - 250)).toBeLessThanOrEqual(5)
    expect(read(store, 'SampleCount', 0, 100, 60)).toEqual([
      [0, 6000],
      [60, 4000],
    ])
  })

  it('folds old seconds into minutes and forgets what is older still', () => {
    const store = new SampleStore({ exactValues: 1000, secondsFor: 60, minutesFor: 600 })
    for (let second = 0; second < 300; second += 1) store.put(sample(second, second % 2))
    expect(store.find('N', 'Time', dimensions)?.bins.size).toBeLessThan(140)
    expect(read(store, 'Sum', 0, 300, 60)).toEqual([
      [0, 30],
      [60, 30],
      [120, 30],
      [180, 30],
      [240, 30],
    ])
    store.put(sample(1200, 1))
    expect(read(store, 'Sum', 0, 1300, 60)).toEqual([[1200, 1]])
  })
})
