import { parse } from 'yaml'
import { expect, it } from 'vitest'
import type { Release } from '../../src/environment/release.ts'
import { ConfigurationError } from '../../src/failure.ts'
import { readRelease, withRelease } from '../../src/promotion/release-lines.ts'

const release: Release = {
  image: { repository: 'component-registry', digest: `sha256:${'a'.repeat(64)}` },
  commit: '1234567890123456789012345678901234567890',
  version: '1.4.0+1234567',
}
const file = `# Owned by the registry team.
kind: web
release: # only a promotion changes these lines
  version:   0.0.0   # semver
  image: component-registry@sha256:${'0'.repeat(64)}
  commit: "${'0'.repeat(40)}" # quoted
task: { cpu: 256,   memory: 512 }
`

it('changes the three values and nothing else', () => {
  expect(withRelease(file, release, 'environments/dev/registry.yaml')).toBe(
    file
      .replace('0.0.0', '1.4.0+1234567')
      .replace('0'.repeat(64), 'a'.repeat(64))
      .replace('0'.repeat(40), '1234567890123456789012345678901234567890'),
  )
})

it('quotes the commit, which may be all digits', () => {
  const bare = file.replaceAll('"', '')
  expect(parse(withRelease(bare, release, 'x'))).toMatchObject({ release: { commit: release.commit } })
})

it('writes lines that are written in flow style too', () => {
  const flow = 'release: { image: a, commit: "b", version: 0.0.0 }\n'
  expect(parse(withRelease(flow, release, 'x'))).toEqual({
    release: { image: `component-registry@sha256:${'a'.repeat(64)}`, commit: release.commit, version: release.version },
  })
})

it('gives back the very same text when the release stands there already', () => {
  const once = withRelease(file, release, 'x')
  expect(withRelease(once, release, 'x')).toBe(once)
})

it('names the file and the line that is missing', () => {
  const write = () => withRelease('release: { image: a, version: 1.0.0 }', release, 'environments/dev/registry.yaml')
  expect(write).toThrow(ConfigurationError)
  expect(write).toThrow('environments/dev/registry.yaml: expected release.commit, found none')
})

it('reads the release that it wrote', () => {
  expect(readRelease(withRelease(file, release, 'x'), 'x')).toEqual(release)
})

it.each([
  ['no such lines', 'kind: web\n', 'expected object'],
  ['a tag', file.replace('@sha256', ':latest'), 'name a digest'],
  ['no YAML', 'release: {', 'expected a release'],
])('refuses %s, and names the file', (_, text, message) => {
  expect(() => readRelease(text, 'environments/dev/registry.yaml')).toThrow(ConfigurationError)
  expect(() => readRelease(text, 'environments/dev/registry.yaml')).toThrow(message)
  expect(() => readRelease(text, 'environments/dev/registry.yaml')).toThrow('environments/dev/registry.yaml: ')
})
