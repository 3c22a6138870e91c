import { parseArgs } from 'node:util'
import { ConfigurationError } from '@sluice/core/failure'

export const faults = ['errors', 'latency', 'crash', 'never-healthy'] as const
export type Fault = (typeof faults)[number]

/** What `sluice deliver` was asked to do. */
export interface DeliverOptions {
  readonly yes: boolean
  readonly keep: boolean
  readonly fault?: Fault
  readonly runtime: 'auto' | 'docker' | 'process'
  readonly port: number
  readonly speed: number
  /** Requests a second through production while it is replaced. */
  readonly traffic: number
}

/** Reads the flags. Throws a `ConfigurationError` that names every bad one. */
export function parseDeliverOptions(args: readonly string[]): DeliverOptions {
  let values
  try {
    values = parseArgs({
      args: [...args],
      options: {
        yes: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        fault: { type: 'string' },
        runtime: { type: 'string', default: 'auto' },
        port: { type: 'string', default: '4566' },
        speed: { type: 'string', default: '60' },
        traffic: { type: 'string', default: '240' },
      },
    }).values
  } catch (error) {
    throw new ConfigurationError((error as Error).message, { cause: error })
  }
  const problems: string[] = []
  const oneOf = <Value extends string>(flag: string, value: string, allowed: readonly Value[]): Value => {
    if (!allowed.includes(value as Value)) problems.push(`--${flag}: expected ${allowed.join(', ')}, found "${value}"`)
    return value as Value
  }
  const number = (flag: string, value: string, minimum: number, maximum: number) => {
    const parsed = Number(value)
    if (!Number.isInteger(parsed) || parsed < minimum || parsed > maximum) {
      problems.push(`--${flag}: expected a whole number from ${minimum} to ${maximum}, found "${value}"`)
    }
    return parsed
  }
  const options: DeliverOptions = {
    yes: values.yes,
    keep: values.keep,
    ...(values.fault == null ? {} : { fault: oneOf('fault', values.fault, faults) }),
    runtime: oneOf('runtime', values.runtime, ['auto', 'docker', 'process']),
    port: number('port', values.port, 0, 65_535),
    speed: number('speed', values.speed, 1, 600),
    traffic: number('traffic', values.traffic, 1, 2000),
  }
  if (problems.length > 0) throw new ConfigurationError(problems.map((message) => ({ message })))
  return options
}
