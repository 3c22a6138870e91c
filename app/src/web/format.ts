import { html } from './html.ts'
import type { Html } from './html.ts'

const units = ['B', 'KB', 'MB', 'GB', 'TB']

/** `12.3 KB`, of bytes, in thousands. */
export function bytesText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

const whole = new Intl.NumberFormat('en')
export const countText = (value: number): string => whole.format(value)

/** `1 file`, `2 files`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : many}`

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const spans = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** A moment as people say it, with the exact time for machines and on pointing. */
export function moment(at: string | Date, now = Date.now()): Html {
  const date = new Date(at)
  const seconds = (date.getTime() - now) / 1000
  const [unit, length] = spans.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1]
  const exact = date.toISOString()
  const text = unit === 'second' && seconds > -60 ? 'just now' : relative.format(Math.round(seconds / length), unit)
  return html`<time datetime="${exact}" title="${exact.slice(0, 16).replace('T', ' ')} UTC">${text}</time>`
}
