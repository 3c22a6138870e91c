import { describe, expect, it } from 'vitest'

import { Distribution } from '../../src/cloudwatch/distribution.ts'
import { readStatistic } from '../../src/cloudwatch/statistic.ts'

function distribution(values: readonly number[]): Distribution {
  const made = new Distribution()
  for (const value of values) made.add(value)
  return made
}

describe('readStatistic', () => {
  const tenths = distribution([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
  const same = distribution([1, 1, 1, 1])

  it.each([
    ['Sum', 5.5, 4],
    ['SampleCount', 10, 4],
    ['Average', 0.55, 1],
    ['Minimum', 0.1, 1],
    ['Maximum', 1, 1],
    ['p50', 0.5, 1],
    ['p95', 1, 1],
    ['p90', 0.9, 1],
    ['p99.9', 1, 1],
    ['TC(0.5:)', 5, 4],
    ['TC(:0.5)', 5, 0],
    ['TC(0.2:0.4)', 2, 0],
    ['TC(1:)', 0, 0],
    ['TC(20%:80%)', 6, 2],
    ['tc50', 5, 2],
    ['PR(:0.3)', 30, 0],
    ['PR(0.3:)', 70, 100],
    ['TS(0.8:)', 1.9, 4],
    ['TM(10%:90%)', 0.55, 1],
    ['tm90', 0.5, 1],
    ['IQM', 0.55, 1],
  ])('%s of ten tenths is %d, and of four ones %d', (name, ofTenths, ofSame) => {
    expect(readStatistic(name)(tenths)).toBeCloseTo(ofTenths, 10)
    expect(readStatistic(name)(same)).toBeCloseTo(ofSame, 10)
  })

  it.each(['Median', 'p101', 'TC(:)', 'TC(a:b)', 'PR(1)', 'sum', ''])('refuses %j', (name) => {
    expect(() => readStatistic(name)).toThrow('not a statistic of CloudWatch')
  })
})

describe('a compacted distribution', () => {
  it('keeps count, sum and extremes exactly, and the rest to half a percent', () => {
    const values = Array.from({ length: 10_000 }, (_, index) => (index + 1) / 1000)
    const exact = distribution(values)
    const compacted = distribution(values)
    expect(compacted.compact()).toBe(10_000)
    expect(compacted.kept).toBe(0)
    for (const name of ['Sum', 'SampleCount', 'Minimum', 'Maximum']) {
      expect(readStatistic(name)(compacted)).toBe(readStatistic(name)(exact))
    }
    for (const name of ['p50', 'p95', 'p99', 'tm90']) {
      expect(readStatistic(name)(compacted) / readStatistic(name)(exact)).toBeCloseTo(1, 2)
    }
    expect(Math.abs(readStatistic('TC(5:)')(compacted) - 5000)).toBeLessThan(60)
    compacted.add(20)
    expect(readStatistic('Maximum')(compacted)).toBe(20)
    expect(readStatistic('TC(15:)')(compacted)).toBe(1)
  })

  it('adds statistics whose values are not known', () => {
    const made = new Distribution()
    made.addStatistics({ count: 4, sum: 10, minimum: 1, maximum: 4 })
    made.addStatistics({ count: 1, sum: 9, minimum: 9, maximum: 9 })
    expect([made.count, made.sum, made.minimum, made.maximum]).toEqual([5, 19, 1, 9])
    expect(readStatistic('TC(5:)')(made)).toBe(1)
  })
})
