import { describe, expect, it } from 'vitest'
import { clientAddress, clientKey } from '../../src/limits/client-address.ts'
import { TokenBuckets } from '../../src/limits/token-bucket.ts'

describe('TokenBuckets', () => {
  it('lets through what is allowed a minute, says when there is more, and refills evenly', () => {
    let now = 0
    const buckets = new TokenBuckets(60, () => now)
    expect(Array.from({ length: 61 }, () => buckets.take('a'))).toEqual([...Array.from({ length: 60 }, () => 0), 1])
    expect(buckets.take('b')).toBe(0)
    now += 999
    expect(buckets.take('a')).toBe(1)
    now += 1
    expect([buckets.take('a'), buckets.take('a')]).toEqual([0, 1])
    now += 3_600_000
    expect(Array.from({ length: 61 }, () => buckets.take('a')).filter((wait) => wait === 0)).toHaveLength(60)
  })

  it('waits long where little is allowed, and keeps what was saved when the clock is set back', () => {
    let now = 1_000_000
    const buckets = new TokenBuckets(2, () => now)
    expect([buckets.take('a'), buckets.take('a'), buckets.take('a')]).toEqual([0, 0, 30])
    now = 0
    expect(buckets.take('a')).toBe(30)
    now = 30_000
    expect(buckets.take('a')).toBe(0)
  })

  it('limits nothing with 0, and remembers a bounded number of callers', () => {
    const off = new TokenBuckets(0, () => 0)
    expect(Array.from({ length: 1000 }, () => off.take('a')).every((wait) => wait === 0)).toBe(true)
    const buckets = new TokenBuckets(1, () => 0)
    for (let caller = 0; caller < 60_000; caller += 1) buckets.take(String(caller))
    expect(buckets.size).toBe(50_000)
    expect([buckets.take('59999'), buckets.take('0')]).toEqual([60, 0])
    buckets.giveBack('59999')
    expect(buckets.take('59999')).toBe(0)
  })
})

describe('clientAddress', () => {
  it.each([
    [0, '9.9.9.9', '10.0.0.1'],
    [1, '9.9.9.9', '9.9.9.9'],
    [1, '6.6.6.6, 9.9.9.9', '9.9.9.9'],
    [2, '6.6.6.6, 9.9.9.9, 10.0.0.2', '9.9.9.9'],
    [2, '9.9.9.9', '9.9.9.9'],
    [1, undefined, '10.0.0.1'],
    [1, ' , ', '10.0.0.1'],
  ])('behind %i proxies that say %j is %s', (proxies, forwarded, expected) => {
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
    expect(clientAddress({ headers, socket: { remoteAddress: '10.0.0.1' } }, proxies)).toBe(expected)
  })

  it.each([
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['10.0.0.1', '10.0.0.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('counts %s as %s', (address, expected) => {
    expect(clientKey(address)).toBe(expected)
  })
})
