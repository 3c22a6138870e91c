import { describe, expect, it } from 'vitest'
import type { FreezePolicy } from '../../src/environment/policy.ts'
import { findFreeze } from '../../src/promotion/freeze.ts'

type Window = FreezePolicy['windows'][number]
const window = (values: Partial<Window>): Window => ({
  name: 'window',
  effect: 'deny',
  environments: ['prod'],
  timeZone: 'UTC',
  from: '00:00',
  to: '24:00',
  ...values,
})
const isFrozen = (windows: readonly Window[], at: string, environment = 'prod') =>
  findFreeze({ windows: [...windows] }, environment, new Date(at)) != null

const weekend = window({ name: 'weekend', days: ['sat', 'sun'], timeZone: 'Europe/Berlin' })
const night = window({ name: 'night', from: '22:00', to: '06:00', days: ['fri'] })
const once = window({ name: 'once', from: '2026-12-24T12:00', to: '2026-12-27T08:00', timeZone: 'America/New_York' })
const instant = window({ name: 'instant', from: '2026-12-24T12:00:00Z', to: '2026-12-24T13:00:00Z' })
const hours = window({ name: 'office', effect: 'allow', days: ['mon', 'tue'], from: '09:00', to: '17:00' })

describe('a window', () => {
  it.each([
    ['is in the wall clock of its zone: Friday 23:00 UTC is Saturday in Berlin', weekend, '2026-11-20T23:00:00Z', true],
    ['is half-open: its first instant is frozen', weekend, '2026-11-20T23:00:00Z', true],
    ['is half-open: the instant before is not', weekend, '2026-11-20T22:59:00Z', false],
    ['is half-open: its end is not frozen', weekend, '2026-11-22T23:00:00Z', false],
    ['follows daylight saving: Friday 22:00 UTC in summer', weekend, '2026-07-17T22:00:00Z', true],
    ['over midnight belongs to the day on which it began', night, '2026-11-21T05:59:00Z', true],
    ['over midnight ends in the morning', night, '2026-11-21T06:00:00Z', false],
    ['over midnight does not begin on another day', night, '2026-11-21T22:30:00Z', false],
    ['with a single date is in the wall clock of its zone', once, '2026-12-24T17:00:00Z', true],
    ['with a single date has not begun an hour earlier', once, '2026-12-24T16:59:00Z', false],
    ['with an offset is an instant', instant, '2026-12-24T12:30:00Z', true],
    ['with an offset is half-open', instant, '2026-12-24T13:00:00Z', false],
    ['that allows freezes what lies outside of it', hours, '2026-11-25T10:00:00Z', true],
    ['that allows does not freeze what lies inside', hours, '2026-11-24T10:00:00Z', false],
  ])('%s', (_what, given, at, expected) => {
    expect(isFrozen([given], at)).toBe(expected)
  })
})

it('lets deny win over allow', () => {
  expect(isFrozen([hours, window({ days: ['tue'], from: '10:00', to: '11:00' })], '2026-11-24T10:30:00Z')).toBe(true)
})

it('leaves other environments alone', () => {
  expect(isFrozen([weekend], '2026-11-21T12:00:00Z', 'stage')).toBe(false)
})

it('says until when, over windows that follow each other', () => {
  const freeze = findFreeze(
    { windows: [weekend, window({ name: 'monday', days: ['mon'], timeZone: 'Europe/Berlin' })] },
    'prod',
    new Date('2026-11-21T12:00:00Z'),
  )
  expect(freeze).toEqual({
    window: 'weekend',
    reason: 'the freeze window "weekend" is on (sat, sun 00:00 to 24:00 Europe/Berlin)',
    until: '2026-11-23T23:00:00.000Z',
  })
})

it('says nothing of the end when it is more than two weeks away', () => {
  expect(findFreeze({ windows: [window({})] }, 'prod', new Date('2026-11-21T12:00:00Z'))?.until).toBeUndefined()
})
