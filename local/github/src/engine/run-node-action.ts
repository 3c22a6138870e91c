import { join } from 'node:path'
import { conditionHolds } from '../expressions/evaluate.ts'
import { runProgram } from './run-program.ts'
import type { OwnAction, StepCall } from './step-call.ts'
import { environmentOf } from './step-environment.ts'

/** GitHub gives what runs after a cancellation five minutes. */
const postMilliseconds = 5 * 60_000

/** Runs the main program of a node action; what it wants done at the end of the job is kept for then. Gives its exit code. */
export async function runNodeAction(call: StepCall, own: OwnAction): Promise<number> {
  keepPost(call, own)
  return runEntry(call, own, own.action.main ?? '')
}

/** Runs the program that an action wants run before the job's first step. Gives its exit code. */
export async function runPre(call: StepCall, own: OwnAction): Promise<number> {
  keepPost(call, own)
  return runEntry(call, own, own.action.pre ?? '')
}

/** The post runs once, with what the step was given last: its pre may have known less. */
function keepPost(call: StepCall, own: OwnAction): void {
  const { post, postIf } = own.action
  const { session } = call.scope
  if (post == null) return
  const isKept = session.posts.some(({ key }) => key === call.key)
  const run = async () => {
    const contexts = session.contexts(call.scope.contexts)
    if (!conditionHolds(postIf ?? 'always()', contexts, session.status())) return
    session.log(`## Post ${call.step.name ?? call.step.uses}`)
    const signal = session.hub.timeout(postMilliseconds)
    const exit = await runEntry({ ...call, signal }, own, post)
    if (exit === 0 && !signal.aborted) return
    session.failed = true
    session.log(`error: exit code ${exit}`)
  }
  if (isKept)
    session.posts.splice(
      session.posts.findIndex(({ key }) => key === call.key),
      1,
      { key: call.key, run },
    )
  else session.posts.unshift({ key: call.key, run })
}

async function runEntry(call: StepCall, { folder, inputs }: OwnAction, entry: string): Promise<number> {
  const { step, scope, outputs, key } = call
  const { session } = scope
  const files = await session.fileCommands()
  const state = (session.states[key] ??= {})
  const named = (prefix: string, values: Readonly<Record<string, string>>, rename = (name: string) => name) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + rename(name), value]))
  const exit = await runProgram(process.execPath, [...session.hub.nodeArguments, join(folder, entry)], {
    cwd: session.folders.workspace,
    env: {
      ...environmentOf(call, files.variables),
      ...named('INPUT_', inputs, (name) => name.replaceAll(' ', '_').toUpperCase()),
      ...named('STATE_', state),
      GITHUB_ACTION: step.id ?? step.uses ?? '',
      GITHUB_ACTION_PATH: folder,
    },
    launcher: session.hub.launcher,
    signal: call.signal,
    timeout: session.hub.timeout,
    onLine: (line) =>
      session.line(
        line,
        (name, value) => (outputs[name] = value),
        (name, value) => (state[name] = value),
      ),
  })
  const collected = files.collect()
  Object.assign(outputs, collected.outputs)
  Object.assign(state, collected.state)
  return exit
}
