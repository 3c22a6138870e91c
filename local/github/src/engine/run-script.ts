import { existsSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { asText, interpolate } from '../expressions/evaluate.ts'
import { runProgram } from './run-program.ts'
import type { StepCall } from './step-call.ts'
import { environmentOf } from './step-environment.ts'

/** GitHub: "Exit codes and error action preference". The first is the one of a step that names none. */
const commands: Readonly<Record<string, (file: string) => [string, ...string[]]>> = {
  '': (file) => ['bash', '-e', file],
  bash: (file) => ['bash', '--noprofile', '--norc', '-eo', 'pipefail', file],
  sh: (file) => ['sh', '-e', file],
}

/** Runs the script of a step. Gives its exit code. */
export async function runScript(call: StepCall): Promise<number> {
  const { step, scope, outputs } = call
  const { session } = scope
  const shell = step.shell ?? scope.defaults.shell ?? ''
  const command = commands[shell]
  if (!command) throw new Error(`the shell ${shell} is not supported by the local runner (bash, sh)`)
  const folder = step['working-directory'] ?? scope.defaults['working-directory'] ?? '.'
  const cwd = resolve(session.folders.workspace, asText(interpolate(folder, scope.contexts)))
  if (!existsSync(cwd)) throw new Error(`working-directory: expected a folder, found no ${cwd}`)
  const file = join(session.folders.temp, `step-${call.key.replaceAll(/\W/g, '-')}.sh`)
  writeFileSync(file, asText(interpolate(step.run ?? '', scope.contexts)))
  const files = await session.fileCommands()
  const [program, ...args] = command(file)
  const exit = await runProgram(program, args, {
    cwd,
    env: environmentOf(call, files.variables),
    launcher: session.hub.launcher,
    signal: call.signal,
    timeout: session.hub.timeout,
    onLine: (line) => session.line(line, (name, value) => (outputs[name] = value)),
  })
  Object.assign(outputs, files.collect().outputs)
  return exit
}
