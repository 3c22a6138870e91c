import type { FreezePolicy } from '../environment/policy.ts'
import type { DesiredState } from '../environment/read.ts'

type Window = FreezePolicy['windows'][number]

/** Why promotions into an environment rest now, and until when. */
export interface Freeze {
  readonly window: string
  readonly reason: string
  /** ISO time of the first minute that is not frozen; absent when that is more than two weeks away. */
  readonly until?: string
}

const minute = 60_000
const horizonMinutes = 14 * 24 * 60

/**
 * The freeze that an environment is under at `at`, if any. Deny windows win over allow windows; where an environment has allow
 * windows, everything outside them is frozen. Windows are half-open: the end instant is not frozen.
 */
export function findFreeze(policy: FreezePolicy, environment: string, at: Date): Freeze | undefined {
  const windows = policy.windows.filter(({ environments }) => environments.includes(environment))
  const frozen = freezing(windows, at)
  if (!frozen) return undefined
  // Wall clocks in zones are not arithmetic (daylight saving), so the end is looked for, minute by minute.
  const start = Math.floor(at.getTime() / minute) * minute
  for (let count = 1; count <= horizonMinutes; count++) {
    const then = new Date(start + count * minute)
    if (!freezing(windows, then)) return { ...frozen, until: then.toISOString() }
  }
  return frozen
}

/** The freeze of the policy that an environment names; none where it names none. */
export function freezeOf(state: DesiredState, environment: string, at: Date): Freeze | undefined {
  const file = state.environments[environment]?.environment.promotion.freeze
  const policy = file == null ? undefined : state.freezes[file]
  return policy && findFreeze(policy, environment, at)
}

function freezing(windows: readonly Window[], at: Date): Freeze | undefined {
  const denied = windows.find((window) => window.effect === 'deny' && isInside(window, at))
  if (denied) return { window: denied.name, reason: `the freeze window "${denied.name}" is on (${describe(denied)})` }
  const allows = windows.filter(({ effect }) => effect === 'allow')
  if (allows.length === 0 || allows.some((window) => isInside(window, at))) return undefined
  const names = allows.map((window) => `"${window.name}" (${describe(window)})`).join(', ')
  return { window: allows[0]?.name ?? '', reason: `outside of the windows in which promotions are allowed: ${names}` }
}

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

function isInside(window: Window, at: Date): boolean {
  const local = localTime(at, window.timeZone)
  if (window.from.includes('T')) {
    return hasCome(window.from, at, local.dateTime) && !hasCome(window.to, at, local.dateTime)
  }
  const from = minutesOfDay(window.from)
  const to = minutesOfDay(window.to)
  const onDay = (day: number): boolean => window.days == null || window.days.includes(dayNames[(day + 7) % 7] ?? 'sun')
  if (from < to) return onDay(local.day) && local.minutes >= from && local.minutes < to
  // Over midnight: the window belongs to the day on which it began.
  return (onDay(local.day) && local.minutes >= from) || (onDay(local.day - 1) && local.minutes < to)
}

/** Whether the written time has come. Written with an offset it is an instant, without one it is the zone's wall clock. */
function hasCome(written: string, at: Date, localDateTime: string): boolean {
  if (/(?:Z|[+-]\d\d:\d\d)$/.test(written)) return Date.parse(written) <= at.getTime()
  return written.slice(0, 16) <= localDateTime
}

function minutesOfDay(text: string): number {
  const [hours = '0', minutes = '0'] = text.split(':')
  return Number(hours) * 60 + Number(minutes)
}

interface LocalTime {
  readonly day: number
  readonly minutes: number
  /** `YYYY-MM-DDTHH:MM` */
  readonly dateTime: string
}

const formats = new Map<string, Intl.DateTimeFormat>()

function localTime(at: Date, timeZone: string): LocalTime {
  let format = formats.get(timeZone)
  if (!format) {
    const twoDigits = { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      ...twoDigits,
    })
    formats.set(timeZone, format)
  }
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
  return {
    day: dayNames.indexOf((part['weekday'] ?? '').toLowerCase() as (typeof dayNames)[number]),
    minutes: Number(part['hour']) * 60 + Number(part['minute']),
    dateTime: `${part['year']}-${part['month']}-${part['day']}T${part['hour']}:${part['minute']}`,
  }
}

function describe({ days, from, to, timeZone }: Window): string {
  return `${days == null ? '' : `${days.join(', ')} `}${from} to ${to} ${timeZone}`
}
