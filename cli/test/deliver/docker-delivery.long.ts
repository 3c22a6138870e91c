import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cloneOfHead, expectDelivered, type Clone } from './deliver-clone.ts'

const isRequired = process.env['SLUICE_REQUIRE'] === 'all'
const containers = () => execFileSync('docker', ['ps', '--all', '--quiet'], { encoding: 'utf8' })
const answers = (() => {
  try {
    containers()
    return true
  } catch {
    return false
  }
})()

describe.skipIf(!answers && !isRequired)('the whole delivery on a Docker engine (needs one that answers)', () => {
  let clone: Clone
  beforeEach(() => {
    clone = cloneOfHead()
  })
  afterEach(() => clone.remove())

  it(
    'is the same as in processes, after a killed one too, and leaves no container',
    { timeout: 2_400_000 },
    async () => {
      const before = containers()
      await clone.kill('group', /is published in prod/, '--runtime', 'docker')
      // Removed by what outlives a killed delivery by a moment, not by the next one.
      await expect.poll(containers, { timeout: 120_000, interval: 500 }).toBe(before)
      const delivered = await clone.deliver('--runtime', 'docker')
      expect(delivered.report.runtime).toBe('docker')
      expectDelivered(delivered)
      expect(containers()).toBe(before)
    },
  )
})
