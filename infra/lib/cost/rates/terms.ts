import type { Usage } from '../prices.ts'
import type { Charge, TemplateResource } from '../resources.ts'

/** What a price needs beside the resource itself. */
export interface RateContext {
  readonly usage: Usage
  /** Zones of the profile: how many addresses a public load balancer has. */
  readonly zones: number
}

export type Rate = (resource: TemplateResource, context: RateContext) => readonly Charge[]

/** AWS bills months by the hour; its own calculator counts this many. */
export const monthHours = 730

export const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? ''))
export const count = (value: unknown, otherwise: number): number => (Array.isArray(value) ? value.length : otherwise)
export const number = (value: unknown, otherwise: number): number => (value == null ? otherwise : Number(value))

export function list(value: unknown): object[] {
  return Array.isArray(value) ? (value as object[]) : []
}
