import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Problem } from '@sluice/core/failure'
import type { Action } from './model.ts'
import { compositeStepKeys, readStep, stepTitle } from './read-step.ts'
import { textOf } from './yaml-value.ts'

/** What `runs.using` may be: GitHub has removed node20 and older, and a container is no process of this machine. */
const runtimes = ['node24', 'composite']

interface Written {
  readonly inputs?: Readonly<Record<string, { readonly required?: unknown; readonly default?: unknown } | null>> | null
  readonly outputs?: Readonly<Record<string, { readonly value?: string } | null>> | null
  readonly runs?: Readonly<Record<string, unknown>> & { readonly steps?: readonly Readonly<Record<string, unknown>>[] }
}

/** The file of the action in a folder of a checkout; undefined when there is none. */
export function actionFile(root: string, path: string): string | undefined {
  return ['action.yml', 'action.yaml'].map((name) => join(path, name)).find((file) => existsSync(join(root, file)))
}

/** Reads an action of the repository. `problems` gets everything that this runner cannot run, by name. */
export function readAction(root: string, file: string, problems: Problem[]): Action {
  const report = (message: string) => problems.push({ message, location: { file } })
  const { inputs, outputs, runs = {} } = (parse(readFileSync(join(root, file), 'utf8')) ?? {}) as Written
  const using = plain(runs['using'])
  if (!runtimes.includes(using))
    report(`runs.using: ${using || 'nothing'} is not supported by the local runner (${runtimes.join(', ')})`)
  const isComposite = using === 'composite'
  const folder = join(file, '..')
  for (const entry of isComposite ? [] : ['pre', 'main', 'post']) {
    const program = runs[entry]
    if (program == null && entry !== 'main') continue
    if (typeof program !== 'string' || !existsSync(join(root, folder, program)))
      report(`runs.${entry}: expected a file of the repository, found ${plain(program) || 'nothing'}`)
  }
  const steps = (runs.steps ?? []).map((step, index) => {
    const messages: string[] = []
    const read = readStep(step, compositeStepKeys, (message) => messages.push(message))
    if (read.run != null && read.shell == null) messages.push('expected a shell: a composite action has no default')
    for (const message of messages) report(`step ${index + 1} (${stepTitle(read)}): ${message}`)
    return read
  })
  return {
    file,
    inputs: Object.fromEntries(
      Object.entries(inputs ?? {}).map(([name, input]) => [
        name,
        {
          required: plain(input?.required) === 'true',
          ...(input?.default == null ? {} : { default: plain(input.default) }),
        },
      ]),
    ),
    outputs: Object.fromEntries(Object.entries(outputs ?? {}).map(([name, output]) => [name, output?.value ?? ''])),
    using: isComposite ? 'composite' : 'node24',
    ...(isComposite ? {} : { main: plain(runs['main']) }),
    ...pick(runs, 'pre', 'pre'),
    ...pick(runs, 'pre-if', 'preIf'),
    ...pick(runs, 'post', 'post'),
    ...pick(runs, 'post-if', 'postIf'),
    steps,
  }
}

function pick(runs: Readonly<Record<string, unknown>>, key: string, as: string): Record<string, string> {
  return runs[key] == null ? {} : { [as]: plain(runs[key]) }
}

function plain(value: unknown): string {
  return textOf(value) ?? ''
}
