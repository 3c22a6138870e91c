import type { Concurrency, Job, Permissions, RunDefaults } from './model.ts'
import { jobStepKeys, readStep, stepTitle } from './read-step.ts'
import { mapping, refuse, textOf, type Mapping } from './yaml-value.ts'

const jobKeys = [
  'name',
  'needs',
  'if',
  'runs-on',
  'permissions',
  'env',
  'defaults',
  'concurrency',
  'strategy',
  'outputs',
  'environment',
  'timeout-minutes',
  'continue-on-error',
  'steps',
  'uses',
  'with',
  'secrets',
]

/** What a job is read with. Lines count from 1. */
export interface JobSource {
  readonly report: (message: string, line?: number) => void
  /** The line of something in the job. */
  readonly lineOf: (...path: readonly (string | number)[]) => number | undefined
}

/** Reads a job. `report` gets everything that this runner does not support, by name. */
export function readJob(id: string, job: Mapping, source: JobSource): Job {
  const line = source.lineOf()
  const report = (message: string) => source.report(`job ${id}: ${message}`, line)
  refuse(job, jobKeys, 'the job', report)
  const environment = readEnvironment(job['environment'], report)
  const concurrency = readConcurrency(job['concurrency'], report)
  const strategy = readStrategy(job['strategy'], report)
  const permissions = readPermissions(job['permissions'], report)
  const uses = textOf(job['uses'])
  const minutes = job['timeout-minutes'] ?? 360
  if (!(Number(minutes) > 0))
    report(`timeout-minutes: the local runner takes a number of minutes, found ${JSON.stringify(minutes)}`)
  if (typeof (job['continue-on-error'] ?? false) !== 'boolean')
    report('continue-on-error as an expression is not supported by the local runner')
  if (job['secrets'] === 'inherit') report('secrets: inherit is not supported; name each secret')
  if (uses == null && !Array.isArray(job['steps'])) report('expected steps or uses, found neither')
  const steps = ((job['steps'] as Mapping[] | undefined) ?? []).map((step, index) => {
    const at = source.lineOf('steps', index)
    const messages: string[] = []
    const read = readStep(step, jobStepKeys, (message) => messages.push(message), at)
    for (const message of messages) source.report(`job ${id}, step ${index + 1} (${stepTitle(read)}): ${message}`, at)
    return read
  })
  return {
    id,
    ...(line == null ? {} : { line }),
    ...(job['name'] == null ? {} : { name: textOf(job['name']) ?? id }),
    needs: typeof job['needs'] === 'string' ? [job['needs']] : ((job['needs'] as string[] | undefined) ?? []),
    ...(job['if'] == null ? {} : { if: job['if'] as string | boolean }),
    ...(permissions ? { permissions } : {}),
    env: mapping(job['env']),
    defaults: readDefaults(job['defaults']),
    ...(concurrency ? { concurrency } : {}),
    ...(strategy ? { strategy } : {}),
    outputs: mapping(job['outputs']) as Record<string, string>,
    ...(environment ? { environment } : {}),
    // GitHub: 360 minutes when nothing is said.
    timeoutMinutes: Number(minutes),
    continueOnError: job['continue-on-error'] === true,
    steps,
    ...(uses == null ? {} : { uses }),
    with: mapping(job['with']),
    secrets: job['secrets'] === 'inherit' ? {} : mapping(job['secrets']),
  }
}

/** `defaults.run`. */
export function readDefaults(value: unknown): RunDefaults {
  return mapping(mapping(value)['run'])
}

/** Reads a concurrency group; undefined when there is none. */
export function readConcurrency(value: unknown, report: (message: string) => void): Concurrency | undefined {
  if (value == null) return undefined
  const given = typeof value === 'string' ? { group: value } : mapping(value)
  refuse(given, ['group', 'cancel-in-progress', 'queue'], 'concurrency', report)
  if (given['queue'] === 'max' && (given['cancel-in-progress'] ?? false) !== false)
    report('concurrency: queue: max cannot be combined with cancel-in-progress')
  return {
    group: textOf(given['group']) ?? '',
    cancelInProgress: (given['cancel-in-progress'] as boolean | string | undefined) ?? false,
    queue: given['queue'] === 'max' ? 'max' : 'single',
  }
}

/** Reads what a token may do; undefined when nothing is said. */
export function readPermissions(value: unknown, report: (message: string) => void): Permissions | undefined {
  if (value == null) return undefined
  if (typeof value === 'string') report(`permissions: ${value} is not supported; name each scope`)
  return mapping(value) as Permissions
}

function readStrategy(value: unknown, report: (message: string) => void): Job['strategy'] {
  if (value == null) return undefined
  const strategy = mapping(value)
  refuse(strategy, ['matrix', 'fail-fast', 'max-parallel'], 'strategy', report)
  const failFast = strategy['fail-fast'] ?? true
  const maxParallel = strategy['max-parallel']
  if (typeof failFast !== 'boolean') report('strategy.fail-fast as an expression is not supported by the local runner')
  if (maxParallel != null && !(Number.isInteger(maxParallel) && Number(maxParallel) > 0))
    report(`strategy.max-parallel: expected a whole number from 1, found ${JSON.stringify(maxParallel)}`)
  return {
    matrix: strategy['matrix'],
    failFast: failFast !== false,
    ...(maxParallel == null ? {} : { maxParallel: Number(maxParallel) }),
  }
}

function readEnvironment(value: unknown, report: (message: string) => void): Job['environment'] {
  if (value == null) return undefined
  const given = typeof value === 'string' ? { name: value } : mapping(value)
  refuse(given, ['name', 'deployment'], 'environment', report)
  if (given['deployment'] !== false)
    report('environment: the local runner writes no deployment by itself; say deployment: false')
  return { name: textOf(given['name']) ?? '' }
}
