import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { beforeStart, expectedRecovery, secondsBeforeStart } from '@sluice/core/recovery/expected'
import { recoveryOf } from '../../lib/recovery/rto.ts'
import { terms } from '../../lib/recovery/terms.ts'
import { failoverWaves } from '../../lib/recovery/waves.ts'
import { desiredState } from '../desired-state.ts'
import { profileState } from '../templates.ts'

const edge =
  '{ domain: example.com, hostedZoneId: Z1, certificateArn: "arn:aws:acm:us-east-1:222222222222:certificate/1" }'
const prodOf = (profile: string, edgeText = edge) => {
  const { prod } = profileState(profile, edgeText).environments
  if (!prod) throw new Error('expected an environment prod')
  return prod
}

describe('recovery time', () => {
  it.each(['production', 'global'])('is under the objectives for %s, in all of its regions', (profile) => {
    const { read, write, isMet, fault } = recoveryOf(prodOf(profile))
    expect(fault).toBe('region')
    expect(read.seconds).toBeLessThanOrEqual(60)
    expect(write.seconds).toBeLessThanOrEqual(300)
    expect(isMet).toBe(true)
  })

  it('is under the objectives for prod as it stands, in one region', () => {
    const { prod } = desiredState().environments
    if (!prod) throw new Error('expected an environment prod')
    expect(recoveryOf(prod)).toMatchObject({ fault: 'zone', isMet: true })
  })

  it('of writes is above the objective when eight clusters fail over one by one', () => {
    const state = prodOf('global')
    expect(recoveryOf(state, 'one-by-one').write).toMatchObject({ isMet: false })
    expect(recoveryOf(state, 'one-by-one').read.isMet).toBe(true)
    const together = recoveryOf(state).write.seconds ?? 0
    expect((recoveryOf(state, 'one-by-one').write.seconds ?? 0) - together).toBe(7 * 120)
  })

  it('adds up: every phase takes as long as its longest term, and the phases are the sum', () => {
    for (const profile of ['production', 'global']) {
      const { read, write } = recoveryOf(prodOf(profile))
      for (const { seconds, phases } of [read, write]) {
        expect(seconds).toBe(
          phases.reduce((sum, { terms }) => sum + Math.max(...terms.map((one) => one.seconds ?? NaN)), 0),
        )
        for (const { terms } of phases) for (const { source } of terms) expect(source).not.toBe('')
      }
    }
  })

  it('counts with the time limits that the registry keeps', () => {
    const pools = readFileSync(new URL('../../../app/src/shards/pools.ts', import.meta.url), 'utf8')
    const [, unanswered] = /query_timeout: ([\d_]+),/.exec(pools) ?? []
    const [, connecting] = /connectionTimeoutMillis: ([\d_]+),/.exec(pools) ?? []
    const limits = [unanswered, connecting].map((text = '') => Number(text.replace('_', '')) / 1000)
    expect(Math.max(...limits)).toBe(terms.pools.seconds)
    for (const limit of limits) expect(terms.pools.source).toContain(`${limit} s`)
  })

  it.each(['free', 'dev'])('has no bound for %s, whose single instance has no standby, and is no pass', (profile) => {
    const { write, hasObjective, recoveryPoint } = recoveryOf(prodOf(profile))
    expect(write).toMatchObject({ seconds: null, isMet: false })
    expect(write.phases.at(-1)?.terms).toMatchObject([{ name: 'restore from backup', words: 'hours' }])
    expect(hasObjective).toBe(false)
    expect(recoveryPoint.source).toContain('every five minutes')
  })

  it.each(['production', 'global'])('has objectives for %s', (profile) => {
    expect(recoveryOf(prodOf(profile)).hasObjective).toBe(true)
  })

  it('has no bound where nothing leads clients to another region', () => {
    expect(recoveryOf(prodOf('global', '{}')).read).toMatchObject({ seconds: null, isMet: false })
  })

  it('of reads is that of writes without a distribution, and above the objective', () => {
    const { read, write } = recoveryOf(prodOf('global', '{ domain: example.com, hostedZoneId: Z1 }'))
    expect(read).toMatchObject({ seconds: write.seconds, isMet: false })
  })

  it('of reads does not wait for the databases: replicas answer them all the time', () => {
    const { read } = recoveryOf(prodOf('global'))
    expect(read.phases.flatMap(({ terms }) => terms.map(({ name }) => name))).toEqual([
      'origin failover',
      'reads of a replica',
    ])
  })
})

it('says what a drill is held against, and which of it comes before a drill', () => {
  const expected = expectedRecovery.parse(JSON.parse(JSON.stringify(recoveryOf(prodOf('global')))))
  expect(expected.write.phases.map(({ name }) => name)).toEqual(expect.arrayContaining(beforeStart))
  expect(secondsBeforeStart(expected)).toBe(150)
})

describe('the waves of a failover', () => {
  it('hold every cluster of the shard list once, all in one wave', () => {
    expect(failoverWaves(prodOf('global'))).toEqual([[0, 1, 2, 3, 4, 5, 6, 7]])
    expect(failoverWaves(prodOf('production'))).toEqual([[0, 1]])
  })

  it('are none where there is one region', () => {
    const { prod } = desiredState().environments
    expect(prod && failoverWaves(prod)).toEqual([])
  })
})
