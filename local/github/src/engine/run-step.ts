import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asText, conditionHolds, interpolate, interpolateAll, type Contexts } from '../expressions/evaluate.ts'
import type { Conclusion } from '../events.ts'
import { standIns } from '../stand-ins/stand-ins.ts'
import type { RunDefaults, Step } from '../workflow/model.ts'
import { readAction, type ActionMetadata } from './action-metadata.ts'
import type { JobSession } from './job-session.ts'
import { runProgram } from './run-program.ts'

/** What a step is run with beside the step itself. */
export interface StepScope {
  readonly session: JobSession
  /** Contexts of the job (or of the composite action); steps and env are added. */
  readonly contexts: Contexts
  readonly variables: Readonly<Record<string, string>>
  readonly defaults: RunDefaults
  /** Where `$/` points: the workflow's own commit. */
  readonly source: string
}

/** Runs one step and keeps its result under its id. Never throws: what goes wrong is the step's failure. */
export async function runStep(step: Step, index: number, scope: StepScope): Promise<void> {
  const { session } = scope
  const { onEvent } = session.hub.options
  const contexts = session.contexts(scope.contexts)
  const name = step.name ?? step.uses ?? step.run?.split('\n')[0] ?? `step ${index + 1}`
  const run = session.run.info
  const outputs: Record<string, string> = {}
  let outcome: Conclusion = 'success'
  try {
    if (!conditionHolds(step.if, contexts, session.status())) {
      if (step.id != null) session.steps[step.id] = { outputs, outcome: 'skipped', conclusion: 'skipped' }
      return
    }
    onEvent({ type: 'step-started', run, job: session.name, step: name })
    session.log(`## ${name}`)
    const env = texts(interpolateAll(step.env, contexts))
    const inContext = { ...contexts, env: { ...(contexts['env'] as object), ...env } }
    const limit = step.timeoutMinutes == null ? undefined : AbortSignal.timeout(step.timeoutMinutes * 60_000)
    // A cancelled job still runs its steps that ask for it; only what began before is stopped.
    const stop = session.signal.aborted ? undefined : session.signal
    const signal = AbortSignal.any([stop, limit].filter((one) => one != null))
    const exit =
      step.run == null
        ? await useAction(step, { ...scope, contexts: inContext }, env, outputs, signal)
        : await runScript(step, { ...scope, contexts: inContext }, env, outputs, signal)
    if (exit !== 0) {
      outcome = session.signal.aborted && stop ? 'cancelled' : 'failure'
      session.log(
        limit?.aborted ? `error: the step ran longer than ${step.timeoutMinutes} minutes` : `error: exit code ${exit}`,
      )
    }
  } catch (error) {
    outcome = 'failure'
    session.log(`error: ${(error as Error).message}`)
  }
  const forgiven = outcome === 'failure' && asText(interpolate(String(step.continueOnError), contexts)) === 'true'
  const conclusion = forgiven ? 'success' : outcome
  if (conclusion === 'failure') session.failed = true
  if (step.id != null) session.steps[step.id] = { outputs, outcome, conclusion }
  onEvent({ type: 'step-finished', run, job: session.name, step: name, conclusion })
}

function texts(values: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values as Record<string, unknown>).map(([key, value]) => [key, asText(value)]),
  )
}

/** The environment of a program: what the job offers, what steps before it set, what this step says. */
function environmentOf(
  scope: StepScope,
  env: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
): Record<string, string> {
  const { session, variables } = scope
  const path = [...session.paths, variables['PATH'] ?? ''].join(':')
  return { ...variables, ...texts(scope.contexts['env'] ?? {}), ...session.env, ...env, ...files, PATH: path }
}

const shells: Readonly<Record<string, (file: string) => [string, ...string[]]>> = {
  bash: (file) => ['bash', '--noprofile', '--norc', '-eo', 'pipefail', file],
  sh: (file) => ['sh', '-e', file],
  '': (file) => ['bash', '-e', file],
}

async function runScript(
  step: Step,
  scope: StepScope,
  env: Record<string, string>,
  outputs: Record<string, string>,
  signal: AbortSignal,
): Promise<number> {
  const { session } = scope
  const shell = step.shell ?? scope.defaults.shell ?? ''
  const command = shells[shell]
  if (!command) throw new Error(`the shell ${shell} is not supported by the local runner (bash, sh)`)
  const file = join(session.folders.temp, `step-${Math.trunc(performance.now() * 1000)}.sh`)
  writeFileSync(file, asText(interpolate(step.run ?? '', scope.contexts)))
  const commands = await session.fileCommands()
  const folder = step['working-directory'] ?? scope.defaults['working-directory'] ?? '.'
  const [program, ...args] = command(file)
  const exit = await runProgram(program, args, {
    cwd: join(session.folders.workspace, asText(interpolate(folder, scope.contexts))),
    env: environmentOf(scope, env, commands.variables),
    signal,
    onLine: (line) => session.line(line, (name, value) => (outputs[name] = value)),
  })
  Object.assign(outputs, commands.collect().outputs)
  return exit
}

async function useAction(
  step: Step,
  scope: StepScope,
  env: Record<string, string>,
  outputs: Record<string, string>,
  signal: AbortSignal,
): Promise<number> {
  const { session } = scope
  const uses = step.uses ?? ''
  const given = texts(interpolateAll(step.with, scope.contexts))
  const isOwn = uses.startsWith('$/')
  if (!isOwn && !uses.startsWith('./')) {
    const [name = '', sha = ''] = uses.split('@')
    const standIn = standIns[name]
    if (!standIn?.shas.includes(sha)) throw new Error(`${uses} has no stand-in in the local runner`)
    const log = (line: string) => session.log(line)
    Object.assign(outputs, await standIn.run({ session, inputs: given, contexts: scope.contexts, log, signal }))
    return 0
  }
  const folder = join(isOwn ? scope.source : session.folders.workspace, uses.slice(2))
  const action = readAction(folder)
  const inputs = withDefaults(action, given, scope.contexts)
  if (action.runs.using === 'composite') return runComposite(action, folder, inputs, scope, outputs)

  const inputVariables = Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]),
  )
  const state: Record<string, string> = {}
  const execute = async (entry: string, stop: AbortSignal): Promise<number> => {
    const commands = await session.fileCommands()
    const stateVariables = Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]))
    const exit = await runProgram(process.execPath, [join(folder, entry)], {
      cwd: session.folders.workspace,
      env: {
        ...environmentOf(scope, env, commands.variables),
        ...inputVariables,
        ...stateVariables,
        GITHUB_ACTION: step.id ?? uses,
        GITHUB_ACTION_PATH: folder,
      },
      signal: stop,
      onLine: (line) => session.line(line, (name, value) => (outputs[name] = value)),
    })
    const collected = commands.collect()
    Object.assign(outputs, collected.outputs)
    Object.assign(state, collected.state)
    return exit
  }
  const { pre, main = '', post } = action.runs
  if (post != null) {
    session.posts.unshift(async () => {
      session.log(`## Post ${step.name ?? uses}`)
      if ((await execute(post, AbortSignal.timeout(300_000))) !== 0) session.failed = true
    })
  }
  const before = pre == null || !isOwn ? 0 : await execute(pre, signal)
  return before === 0 ? execute(main, signal) : before
}

function withDefaults(
  action: ActionMetadata,
  given: Readonly<Record<string, string>>,
  contexts: Contexts,
): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [name, { default: value }] of Object.entries(action.inputs ?? {})) {
    if (value != null) values[name] = asText(interpolate(value, contexts))
  }
  return { ...values, ...given }
}

async function runComposite(
  action: ActionMetadata,
  folder: string,
  inputs: Record<string, string>,
  scope: StepScope,
  outputs: Record<string, string>,
): Promise<number> {
  const { session } = scope
  const outer = { ...session.steps }
  for (const key of Object.keys(session.steps)) delete session.steps[key]
  const failedBefore = session.failed
  // success() within a composite action speaks of its own steps (runner, CompositeActionHandler).
  session.failed = false
  const contexts = {
    ...scope.contexts,
    inputs,
    github: { ...(scope.contexts['github'] as object), action_path: folder },
  }
  const steps = (action.runs.steps ?? []).map((step) => ({ with: {}, env: {}, continueOnError: false, ...step }))
  for (const [index, step] of steps.entries()) await runStep(step, index, { ...scope, contexts })
  const inner = session.contexts(contexts)
  for (const [name, { value }] of Object.entries(action.outputs ?? {}))
    outputs[name] = asText(interpolate(value ?? '', inner))
  const { failed } = session
  for (const key of Object.keys(session.steps)) delete session.steps[key]
  Object.assign(session.steps, outer)
  session.failed = failedBefore
  return failed ? 1 : 0
}
