import { describe, expect, it } from 'vitest'
import { regionBlocks, regionCidr, subnetCidr, tierCidr, tiers, zones } from '../../lib/topology/addresses.ts'

/** First and last address of a block, as numbers. */
function range(cidr: string): [first: number, last: number] {
  const [address = '', bits = '32'] = cidr.split('/')
  const first = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  return [first, first + 2 ** (32 - Number(bits)) - 1]
}
const contains = (outer: string, inner: string) =>
  range(outer)[0] <= range(inner)[0] && range(inner)[1] <= range(outer)[1]
const overlaps = (a: string, b: string) => range(a)[0] <= range(b)[1] && range(b)[0] <= range(a)[1]
const pairs = <T>(items: readonly T[]) =>
  items.flatMap((a, index) => items.slice(index + 1).map((b) => [a, b] as const))
const regions = Object.keys(regionBlocks)

describe('the address plan', () => {
  it('has the blocks of the first regions where they always were', () => {
    expect(['us-east-1', 'us-west-2', 'eu-west-1', 'ap-southeast-1'].map(regionCidr)).toEqual([
      '10.0.0.0/16',
      '10.1.0.0/16',
      '10.2.0.0/16',
      '10.4.0.0/16',
    ])
  })

  it('gives no two regions the same address', () => {
    for (const [a, b] of pairs(regions.map(regionCidr))) expect(overlaps(a, b), `${a} ${b}`).toBe(false)
  })

  it.each(regions)('gives no two subnets of %s the same address, and each its place in tier and region', (region) => {
    const subnets = tiers.flatMap((tier) => zones.map((zone) => subnetCidr(region, tier, zone)))
    for (const [a, b] of pairs(subnets)) expect(overlaps(a, b), `${a} ${b}`).toBe(false)
    for (const tier of tiers) {
      expect(contains(regionCidr(region), tierCidr(region, tier))).toBe(true)
      for (const zone of zones) expect(contains(tierCidr(region, tier), subnetCidr(region, tier, zone))).toBe(true)
    }
    for (const [a, b] of pairs(tiers.map((tier) => tierCidr(region, tier)))) expect(overlaps(a, b)).toBe(false)
  })

  it('names the regions it knows when it is asked for another', () => {
    expect(() => regionCidr('mars-north-1')).toThrow(/us-east-1, .* found mars-north-1: add one to infra\/lib/)
  })
})
