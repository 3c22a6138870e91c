import { appendFileSync } from 'node:fs'
import type { Authorization } from './authorizations.ts'

/** One API call, as the least-privilege check reads it. */
export interface CallRecord {
  readonly operation: string
  readonly principal: string
  readonly claims?: Readonly<Record<string, string>>
  readonly status: number
  readonly error?: string
  /** What IAM would have been asked for; of role sessions alone. */
  readonly asks?: readonly Authorization[]
}

/** Every call as a line of JSON, with role, job and action. */
export interface CallLog {
  readonly file: string
  call(record: CallRecord): void
  /** A fault of the emulator itself, with its stack. */
  fault(operation: string, error: unknown): void
}

export function createCallLog(file: string, now: () => Date): CallLog {
  const append = (record: object) =>
    appendFileSync(file, `${JSON.stringify({ time: now().toISOString(), ...record })}\n`)
  return {
    file,
    call: append,
    fault: (operation, error) =>
      append({ operation, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  }
}
