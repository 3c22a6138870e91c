import { parse } from 'yaml'
import type { Problem } from '@sluice/core/failure'
import { pullRequestActions, type Concurrency, type Job, type Step, type Triggers, type Workflow } from './model.ts'

type Mapping = Readonly<Record<string, unknown>>

const workflowKeys = ['name', 'run-name', 'on', 'permissions', 'env', 'defaults', 'concurrency', 'jobs']
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
const stepKeys = [
  'id',
  'name',
  'if',
  'uses',
  'run',
  'shell',
  'working-directory',
  'with',
  'env',
  'timeout-minutes',
  'continue-on-error',
]
const events = ['push', 'pull_request', 'merge_group', 'workflow_dispatch', 'workflow_call', 'schedule']

/** Reads a workflow. `problems` gets everything that this runner does not support, by name. */
export function readWorkflow(path: string, text: string, problems: Problem[]): Workflow {
  const root = mapping(parse(text))
  const report = (message: string) => problems.push({ message, location: { file: path } })
  refuse(root, workflowKeys, 'the workflow', report)
  if (/\$\{\{[^}]*\bhashFiles\s*\(/i.test(text)) report('the function hashFiles is not supported by the local runner')
  const on = readTriggers(root['on'])
  for (const event of Object.keys(on))
    if (!events.includes(event)) report(`the event ${event} is not supported by the local runner`)
    else if (event !== 'schedule') refuse(mapping(on[event]), filterKeys, `on.${event}`, report)
  for (const type of on.pull_request?.types ?? [])
    if (!pullRequestActions.some((action) => action === type))
      report(`on.pull_request: the type ${type} is not supported by the local runner`)
  const concurrency = readConcurrency(root['concurrency'])
  const jobs = Object.entries(mapping(root['jobs'])).map(
    ([id, job]) => [id, readJob(id, mapping(job), report)] as const,
  )
  return {
    path,
    name: textOf(root['name']) ?? path,
    ...(root['run-name'] == null ? {} : { runName: textOf(root['run-name']) ?? '' }),
    on,
    ...(root['permissions'] == null ? {} : { permissions: root['permissions'] as Record<string, string> }),
    env: mapping(root['env']),
    defaults: mapping(mapping(root['defaults'])['run']),
    ...(concurrency ? { concurrency } : {}),
    jobs: Object.fromEntries(jobs),
  }
}

const filterKeys = ['branches', 'paths', 'paths-ignore', 'types', 'inputs', 'outputs', 'secrets']

function readTriggers(on: unknown): Triggers {
  if (typeof on === 'string') return readTriggers({ [on]: {} })
  if (Array.isArray(on)) return readTriggers(Object.fromEntries((on as string[]).map((event) => [event, {}])))
  return Object.fromEntries(
    Object.entries(mapping(on)).map(([event, settings]) => {
      const given = mapping(settings)
      if (event === 'workflow_dispatch' || event === 'workflow_call') {
        return [event, { inputs: mapping(given['inputs']), outputs: mapping(given['outputs']) }]
      }
      return [event, given]
    }),
  )
}

function readConcurrency(value: unknown): Concurrency | undefined {
  if (value == null) return undefined
  const given = typeof value === 'string' ? { group: value } : mapping(value)
  return {
    group: textOf(given['group']) ?? '',
    cancelInProgress: (given['cancel-in-progress'] as boolean | string | undefined) ?? false,
    queue: given['queue'] === 'max' ? 'max' : 'single',
  }
}

function readJob(id: string, job: Mapping, report: (message: string) => void): Job {
  refuse(job, jobKeys, `job ${id}`, report)
  const strategy = mapping(job['strategy'])
  const environment =
    typeof job['environment'] === 'string' ? { name: job['environment'] } : mapping(job['environment'])
  const concurrency = readConcurrency(job['concurrency'])
  const uses = textOf(job['uses'])
  if (typeof (job['continue-on-error'] ?? false) !== 'boolean')
    report(`job ${id}: continue-on-error as an expression is not supported by the local runner`)
  if (job['secrets'] === 'inherit') report(`job ${id}: secrets: inherit is not supported; name each secret`)
  if (uses == null && !Array.isArray(job['steps'])) report(`job ${id} has neither steps nor uses`)
  return {
    id,
    ...(job['name'] == null ? {} : { name: textOf(job['name']) ?? id }),
    needs: typeof job['needs'] === 'string' ? [job['needs']] : ((job['needs'] as string[] | undefined) ?? []),
    ...(job['if'] == null ? {} : { if: job['if'] as string | boolean }),
    ...(job['permissions'] == null ? {} : { permissions: job['permissions'] as Record<string, string> }),
    env: mapping(job['env']),
    defaults: mapping(mapping(job['defaults'])['run']),
    ...(concurrency ? { concurrency } : {}),
    ...(job['strategy'] == null
      ? {}
      : {
          strategy: {
            matrix: strategy['matrix'],
            failFast: strategy['fail-fast'] !== false,
            ...(strategy['max-parallel'] == null ? {} : { maxParallel: Number(strategy['max-parallel']) }),
          },
        }),
    outputs: mapping(job['outputs']) as Record<string, string>,
    ...(job['environment'] == null ? {} : { environment: { name: textOf(environment['name']) ?? '' } }),
    // GitHub: 360 minutes when nothing is said.
    timeoutMinutes: Number(job['timeout-minutes'] ?? 360),
    continueOnError: job['continue-on-error'] === true,
    steps: ((job['steps'] as Mapping[] | undefined) ?? []).map((step, index) =>
      readStep(step, `job ${id}, step ${index + 1}`, report),
    ),
    ...(uses == null ? {} : { uses }),
    with: mapping(job['with']),
    secrets: job['secrets'] === 'inherit' ? {} : mapping(job['secrets']),
  }
}

function readStep(step: Mapping, where: string, report: (message: string) => void): Step {
  refuse(step, stepKeys, where, report)
  if ((step['uses'] == null) === (step['run'] == null)) report(`${where}: expected one of uses and run`)
  const pick = (key: string) => (step[key] == null ? {} : { [key]: step[key] })
  return {
    ...pick('id'),
    ...pick('name'),
    ...pick('if'),
    ...pick('uses'),
    ...pick('run'),
    ...pick('shell'),
    ...pick('working-directory'),
    with: mapping(step['with']),
    env: mapping(step['env']),
    ...(step['timeout-minutes'] == null ? {} : { timeoutMinutes: Number(step['timeout-minutes']) }),
    continueOnError: (step['continue-on-error'] as boolean | string | undefined) ?? false,
  }
}

function refuse(given: Mapping, known: readonly string[], where: string, report: (message: string) => void): void {
  for (const key of Object.keys(given))
    if (!known.includes(key)) report(`${where}: the key ${key} is not supported by the local runner`)
}

function mapping(value: unknown): Mapping {
  return value != null && typeof value === 'object' && !Array.isArray(value) ? (value as Mapping) : {}
}

function textOf(value: unknown): string | undefined {
  return value == null ? undefined : String(value)
}
