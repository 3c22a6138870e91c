import semver from 'semver'
import { describe, expect, it } from 'vitest'
import file from '../../core/advisories/npm-advisories.json' with { type: 'json' }
import { readAdvisorySnapshot } from '../../src/scanners/advisory-snapshot.ts'
import { matchAdvisories } from '../../src/scanners/npm-audit.ts'

const { advisories, date } = readAdvisorySnapshot()
const entries = Object.values(file.advisories).flat()

describe('the vendored advisories', () => {
  it('says how many they are and of which day the newest is', () => {
    const newest = entries
      .map(({ modified }) => modified)
      .toSorted()
      .at(-1)
    expect(file.source).toContain(`a selection of ${new Set(entries.map(({ id }) => id)).size} reviewed advisories`)
    expect(file.source).toContain(`the newest is of ${newest}`)
    expect(newest?.slice(0, 10)).toBe(date)
  })

  it('names each by its address and a title, once for a package', () => {
    for (const [name, list] of Object.entries(advisories)) {
      expect(new Set(list.map(({ id }) => id)).size, name).toBe(list.length)
      for (const { id, url, title } of list) {
        expect(url).toBe(`https://github.com/advisories/${id}`)
        expect(title, String(id)).not.toBe('')
      }
    }
  })

  it('writes ranges that npm reads, no part of which is empty', () => {
    for (const { id, vulnerable_versions: range } of entries) {
      for (const part of range.split('||')) {
        expect(part.trim(), id).not.toBe('')
        expect(semver.minVersion(part), `${id}: ${part}`).not.toBeNull()
      }
    }
  })

  it.each([
    ['event-stream', '3.3.6', 'GHSA-mh6f-8j2x-4483'],
    ['flatmap-stream', '0.1.1', 'GHSA-mh6f-8j2x-4483'],
    ['ua-parser-js', '1.0.0', 'GHSA-pjwm-rvh2-c87w'],
    ['coa', '3.1.3', 'GHSA-73qr-pfmq-6rp8'],
    ['ws', '8.17.0', 'GHSA-3h5v-q93c-6h6q'],
    ['minimist', '1.2.5', 'GHSA-xvch-5gv4-984h'],
  ])('finds %s %s', (name, version, id) => {
    expect(matchAdvisories([{ name, version }], advisories).map((finding) => finding.id)).toContain(id)
  })

  it.each([
    ['event-stream', '3.3.4'],
    ['coa', '2.0.2'],
    ['ws', '8.17.1'],
    ['minimist', '1.2.6'],
  ])('leaves %s %s alone', (name, version) => {
    expect(matchAdvisories([{ name, version }], advisories)).toEqual([])
  })
})
