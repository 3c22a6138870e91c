import { describe, expect, it } from 'vitest'
import { CacheStore } from '../../src/cache/store.ts'
import type { Body } from '../../src/cache/store.ts'

const bodyOf = (size: number): Body => ({ bytes: Buffer.alloc(size), etag: '"1"', headers: [], notModified: [] })

/** Ten kilobytes each, where there is room for a hundred. */
const [size, budget] = [10_000, 1_000_000]
function fill(cache: CacheStore, names: Iterable<string>): void {
  for (const name of names) {
    const entry = cache.put(name, 1, true, { access: 'public', maintainers: [] })
    cache.addBody(entry, 'tarball', bodyOf(size))
    cache.addUrl(entry, `/${name}`, 'tarball')
  }
}
const names = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`)

describe('what is kept in memory', () => {
  it('never weighs more than its budget, and what was not asked for longest goes first', () => {
    const cache = new CacheStore(budget)
    fill(cache, names(1000, 'a'))
    expect(cache.bytes).toBeLessThanOrEqual(budget)
    expect(cache.bytes).toBeGreaterThan(budget * 0.9)
    expect(cache.get('a-0')).toBeUndefined()
    expect(cache.byUrl('/a-0')).toBeUndefined()
    expect(cache.get('a-999')?.bodies.size).toBe(1)
  })

  it.each([
    ['by its name', (cache: CacheStore) => cache.get('often')],
    ['by its address alone', (cache: CacheStore) => cache.byUrl('/often')],
  ])('stays as long as it is asked for %s', (_how, ask) => {
    const cache = new CacheStore(budget)
    fill(cache, ['often', 'seldom'])
    for (const name of names(1000, 'b')) {
      expect(ask(cache)).toBeDefined()
      fill(cache, [name])
    }
    expect(cache.get('often')?.bodies.size).toBe(1)
    expect(cache.get('seldom')).toBeUndefined()
    expect(cache.bytes).toBeLessThanOrEqual(budget)
  })

  it('weighs nothing when all of it is forgotten', () => {
    const cache = new CacheStore(budget)
    fill(cache, names(300, 'c'))
    cache.clear()
    expect([cache.bytes, cache.size]).toEqual([0, 0])
  })
})
