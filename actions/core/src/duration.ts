import * as z from 'zod'

const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const

/** Seconds in a duration such as `90s`, `10m`, `4h` or `2d`. Throws a `RangeError` that names the text. */
export function parseDuration(text: string): number {
  const match = /^(\d+)(s|m|h|d)$/.exec(text)
  if (!match) throw new RangeError(`expected a duration such as 90s, 10m, 4h or 2d, found "${text}"`)
  return Number(match[1]) * unitSeconds[match[2] as keyof typeof unitSeconds]
}

/** A duration in people's words, largest units first: `1h 5m`, `42s`. */
export function describeDuration(seconds: number): string {
  const parts: string[] = []
  let rest = Math.round(seconds)
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const count = Math.floor(rest / unitSeconds[unit])
    rest -= count * unitSeconds[unit]
    if (count > 0) parts.push(`${count}${unit}`)
  }
  return parts.slice(0, 2).join(' ') || '0s'
}

/** A duration in YAML, kept in seconds. */
export const durationSeconds = z
  .string()
  .regex(/^\d+(s|m|h|d)$/, 'expected a duration such as 90s, 10m, 4h or 2d')
  .transform(parseDuration)

/** A duration that ECS stores in whole minutes (bakeTimeInMinutes, timeoutInMinutes), kept in minutes. */
export const durationWholeMinutes = (minimum: number, maximum: number) =>
  durationSeconds
    .refine((seconds) => seconds % 60 === 0, 'ECS counts in whole minutes: write 1m, 10m, 2h')
    .transform((seconds) => seconds / 60)
    .refine(
      (minutes) => minutes >= minimum && minutes <= maximum,
      `expected between ${minimum}m and ${maximum}m (the limit of ECS)`,
    )
