import { isNode, LineCounter, parseDocument } from 'yaml'
import type { Problem } from '@sluice/core/failure'
import { pullRequestActions, type Triggers, type Workflow } from './model.ts'
import { readConcurrency, readDefaults, readJob, readPermissions } from './read-job.ts'
import { mapping, refuse, textOf } from './yaml-value.ts'

const workflowKeys = ['name', 'run-name', 'on', 'permissions', 'env', 'defaults', 'concurrency', 'jobs']
const events = ['push', 'pull_request', 'merge_group', 'workflow_dispatch', 'workflow_call', 'schedule']
const filterKeys = ['branches', 'paths', 'paths-ignore', 'types', 'inputs', 'outputs', 'secrets']

/** Reads a workflow. `problems` gets everything that this runner does not support, by name, with its line. */
export function readWorkflow(path: string, text: string, problems: Problem[]): Workflow {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const root = mapping(document.toJS())
  const lineOf = (...at: readonly (string | number)[]): number | undefined => {
    const node = document.getIn(at, true)
    return isNode(node) && node.range ? lines.linePos(node.range[0]).line : undefined
  }
  const report = (message: string, line?: number) =>
    problems.push({ message, location: { file: path, ...(line == null ? {} : { line }) } })
  refuse(root, workflowKeys, 'the workflow', report)
  if (/\$\{\{[^}]*\bhashFiles\s*\(/i.test(text)) report('the function hashFiles is not supported by the local runner')
  const on = readTriggers(root['on'])
  for (const event of Object.keys(on))
    if (!events.includes(event)) report(`the event ${event} is not supported by the local runner`)
    else if (event !== 'schedule') refuse(mapping(on[event]), filterKeys, `on.${event}`, report)
  for (const type of on.pull_request?.types ?? [])
    if (!pullRequestActions.some((action) => action === type))
      report(`on.pull_request: the type ${type} is not supported by the local runner`)
  const concurrency = readConcurrency(root['concurrency'], report)
  const permissions = readPermissions(root['permissions'], report)
  const jobs = Object.entries(mapping(root['jobs'])).map(([id, job]) => {
    const source = { report, lineOf: (...at: readonly (string | number)[]) => lineOf('jobs', id, ...at) }
    return [id, readJob(id, mapping(job), source)] as const
  })
  return {
    path,
    name: textOf(root['name']) ?? path,
    ...(root['run-name'] == null ? {} : { runName: textOf(root['run-name']) ?? '' }),
    on,
    ...(permissions ? { permissions } : {}),
    env: mapping(root['env']),
    defaults: readDefaults(root['defaults']),
    ...(concurrency ? { concurrency } : {}),
    jobs: Object.fromEntries(jobs),
  }
}

function readTriggers(on: unknown): Triggers {
  if (typeof on === 'string') return readTriggers({ [on]: {} })
  if (Array.isArray(on)) return readTriggers(Object.fromEntries((on as string[]).map((event) => [event, {}])))
  return Object.fromEntries(
    Object.entries(mapping(on)).map(([event, settings]) => {
      const given = mapping(settings)
      if (event !== 'workflow_dispatch' && event !== 'workflow_call') return [event, given]
      const parts = ['inputs', 'outputs', 'secrets'].map((key) => [
        key,
        Object.fromEntries(Object.entries(mapping(given[key])).map(([name, value]) => [name, mapping(value)])),
      ])
      return [event, Object.fromEntries(parts) as Triggers['workflow_call']]
    }),
  )
}
