import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ConfigurationError } from '@sluice/core/failure'
import type { Command } from './command.ts'
import { expectFreePort } from './free-port.ts'

const runtimes = ['auto', 'docker', 'process'] as const

/** What `sluice up` was asked to start. */
export interface UpOptions {
  readonly port: number
  readonly speed: number
  readonly runtime: (typeof runtimes)[number]
  readonly state: string
}

/** Reads the flags. Throws a `ConfigurationError` that names every bad one. */
export function parseUpOptions(args: readonly string[]): UpOptions {
  let values
  try {
    values = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '4566' },
        speed: { type: 'string', default: '1' },
        runtime: { type: 'string', default: 'auto' },
        state: { type: 'string', default: join('.sluice', 'aws') },
      },
    }).values
  } catch (error) {
    throw new ConfigurationError((error as Error).message, { cause: error })
  }
  const [port, speed] = [Number(values.port), Number(values.speed)]
  const runtime = runtimes.find((name) => name === values.runtime)
  const problems: string[] = []
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    problems.push(`--port: expected a whole number from 0 to 65535, found "${values.port}"`)
  }
  if (!(speed > 0 && speed <= 600)) {
    problems.push(`--speed: expected a number above 0 and up to 600, found "${values.speed}"`)
  }
  if (!runtime) problems.push(`--runtime: expected ${runtimes.join(', ')}, found "${values.runtime}"`)
  if (problems.length > 0 || !runtime) throw new ConfigurationError(problems.map((message) => ({ message })))
  return { port, speed, runtime, state: values.state }
}

export const up: Command = {
  name: 'up',
  summary: 'start AWS on this machine, for any AWS client',
  help: `sluice up [--port N] [--speed N] [--runtime NAME] [--state FOLDER]

Starts ECS, ECR, load balancers, CloudWatch and their neighbours on one port of this machine, prints the variables that point an
AWS client to it, and stays until Ctrl-C.

  --port N         where the APIs listen (4566; 0 takes a free one); load balancers take the ports after it
  --speed N        bakes, probes, drains and metric periods run N times faster (1)
  --runtime NAME   docker, process or auto (docker when an engine answers)
  --state FOLDER   what survives a restart (.sluice/aws)

Examples
  npx sluice up
  npx sluice up --port 4570 --speed 10
  AWS_ENDPOINT_URL=http://127.0.0.1:4566 aws ecs list-clusters
`,
  run: async (args) => {
    const { state, ...options } = parseUpOptions(args)
    // Before anything is written: a refused start leaves no state folder.
    await expectFreePort(options.port)
    const { startAws } = await import('@sluice/local/aws')
    const aws = await startAws({ ...options, stateFolder: state })
    for (const [name, value] of Object.entries(aws.environment())) console.log(`export ${name}=${value}`)
    console.error(`AWS is up at ${aws.url} (${aws.runtime} runtime, state in ${state}). Ctrl-C ends it.`)
    await interrupted()
    await aws.close()
    return 0
  },
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}
