import { AwsError } from '../../endpoint/service.ts'

/** A time as the wire gives it: a Date, seconds since 1970 (JSON), or ISO text (query). */
export function readTime(name: string, value: unknown): Date {
  const time = value instanceof Date ? value : new Date(typeof value === 'number' ? value * 1000 : String(value))
  if (value === undefined || Number.isNaN(time.getTime())) {
    throw new AwsError('ValidationError', `The parameter ${name} must be a time, found '${String(value)}'.`)
  }
  return time
}

export function readNumber(name: string, value: unknown): number {
  const number = Number(value)
  if (value === undefined || !Number.isFinite(number)) {
    throw new AwsError('ValidationError', `The parameter ${name} must be a number, found '${String(value)}'.`)
  }
  return number
}

export function numberOr(name: string, value: unknown, fallback: number): number {
  return value === undefined ? fallback : readNumber(name, value)
}

export function required(name: string, value: string | undefined): string {
  if (value === undefined || value === '') throw new AwsError('MissingParameter', `The parameter ${name} is required.`)
  return value
}
