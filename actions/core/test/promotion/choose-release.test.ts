import { describe, expect, it } from 'vitest'
import { chooseRelease } from '../../src/promotion/choose-release.ts'

const digest = (letter: string) => `sha256:${letter.repeat(64)}`
const release = (letter: string) => ({ image: `web@${digest(letter)}`, commit: letter.repeat(40), version: '1.0.0' })
const ran = (letter: string, outcome: 'pass' | 'fail') => ({ release: release(letter), outcome })
const choice = { environment: 'prod', beforePresent: false }

describe('for a promotion', () => {
  it('gives the present release', () => {
    expect(chooseRelease([], release('a'), choice)).toEqual(release('a'))
  })

  it('gives another that ran well', () => {
    expect(chooseRelease([ran('b', 'pass')], release('a'), { ...choice, digest: digest('b') })).toEqual(release('b'))
  })

  it('refuses one that failed there, and lists those that did not', () => {
    const choose = () =>
      chooseRelease([ran('b', 'fail'), ran('c', 'pass')], release('a'), { ...choice, digest: digest('b') })
    expect(choose).toThrow(`expected ${digest('b')} among those that ran well in prod, found ${digest('c')} (1.0.0)`)
  })
})

describe('for a roll back', () => {
  const back = { environment: 'prod', beforePresent: true }

  it('gives the last good one before the present', () => {
    const deployments = [ran('a', 'pass'), ran('d', 'fail'), ran('c', 'pass'), ran('b', 'pass')]
    expect(chooseRelease(deployments, release('a'), back)).toEqual(release('c'))
  })

  it('judges a release by its last rollout', () => {
    expect(chooseRelease([ran('c', 'fail'), ran('c', 'pass'), ran('b', 'pass')], release('a'), back)).toEqual(
      release('b'),
    )
  })

  it('says that there is none', () => {
    expect(() => chooseRelease([ran('a', 'pass')], release('a'), back)).toThrow('found none')
  })
})
