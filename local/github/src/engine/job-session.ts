import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Contexts, JobStatus } from '../expressions/evaluate.ts'
import type { Conclusion } from '../events.ts'
import type { Hub } from '../hub.ts'
import type { Run } from '../records.ts'
import { parseCommand } from './commands.ts'
import { parseEnvironment, parseFileCommands } from './file-commands.ts'
import { Masks } from './masks.ts'
import type { JobFolders } from './job-environment.ts'

/** GitHub drops a step's summary that is larger (runner, FileCommandManager). */
const largestSummary = 1024 * 1024

export interface StepResult {
  readonly outputs: Readonly<Record<string, string>>
  readonly outcome: Conclusion
  readonly conclusion: Conclusion
}

/** A job while it runs: what its steps have said and set so far. */
export class JobSession {
  readonly masks = new Masks()
  readonly steps: Record<string, StepResult> = {}
  readonly env: Record<string, string> = {}
  readonly paths: string[] = []
  /** What actions want done at the end, last first. */
  readonly posts: { readonly key: string; readonly run: () => Promise<void> }[] = []
  /** What actions hand to their own post, by step. */
  readonly states: Record<string, Record<string, string>> = {}
  readonly hub: Hub
  readonly run: Run
  readonly name: string
  readonly folders: JobFolders
  readonly signal: AbortSignal
  failed = false
  #stopToken: string | undefined
  #files = 0

  constructor(parts: { hub: Hub; run: Run; name: string; folders: JobFolders; signal: AbortSignal }) {
    this.hub = parts.hub
    this.run = parts.run
    this.name = parts.name
    this.folders = parts.folders
    this.signal = parts.signal
  }

  status(): JobStatus {
    const cancelled = this.signal.aborted
    return { success: !this.failed && !cancelled, failure: this.failed, cancelled }
  }

  contexts(base: Contexts): Contexts {
    return {
      ...base,
      steps: this.steps,
      env: { ...(base['env'] as object), ...this.env },
      job: { status: this.failed ? 'failure' : 'success' },
    }
  }

  log(line: string): void {
    const masked = this.masks.apply(line)
    appendFileSync(join(this.folders.temp, '..', 'log.txt'), `${masked}\n`)
    this.hub.options.onEvent({ type: 'log', run: this.run.info, job: this.name, line: masked })
  }

  /** What the runner itself has to say against a step: in the log, and where people see it. */
  error(message: string): void {
    const { info: run } = this.run
    this.hub.options.onEvent({
      type: 'annotation',
      run,
      job: this.name,
      level: 'error',
      message: this.masks.apply(message),
    })
    this.log(`error: ${message}`)
  }

  /** One line of a step's output: a command, or text for the log. */
  line(
    line: string,
    setOutput: (name: string, value: string) => void,
    saveState: (name: string, value: string) => void = () => undefined,
  ): void {
    const command = parseCommand(line)
    if (this.#stopToken != null) {
      if (command?.name === this.#stopToken) this.#stopToken = undefined
      else this.log(line)
      return
    }
    switch (command?.name) {
      case undefined:
        return this.log(line)
      case 'add-mask':
        return this.masks.add(command.message)
      case 'stop-commands':
        this.#stopToken = command.message
        return undefined
      case 'error':
      case 'warning':
      case 'notice': {
        const { title, file, line: at } = command.properties
        this.hub.options.onEvent({
          type: 'annotation',
          run: this.run.info,
          job: this.name,
          level: command.name,
          message: this.masks.apply(command.message),
          ...(title == null ? {} : { title }),
          ...(file == null ? {} : { file }),
          ...(at == null ? {} : { line: at }),
        })
        return this.log(`${command.name}: ${title == null ? '' : `${title}: `}${command.message}`)
      }
      case 'group':
        return this.log(`> ${command.message}`)
      case 'debug':
      case 'endgroup':
        return undefined
      case 'set-output':
        return setOutput(command.properties['name'] ?? '', command.message)
      case 'save-state':
        return saveState(command.properties['name'] ?? '', command.message)
      default:
        return this.log(line)
    }
  }

  /** The files through which a step sets outputs, variables, paths, state and its summary. */
  async fileCommands(): Promise<{
    variables: Record<string, string>
    collect: () => { outputs: Record<string, string>; state: Record<string, string> }
  }> {
    const folder = join(this.folders.temp, '..', 'commands', String(this.#files++))
    await mkdir(folder, { recursive: true })
    const names = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'] as const
    const variables = Object.fromEntries(names.map((name) => [name, join(folder, name)]))
    for (const file of Object.values(variables)) writeFileSync(file, '')
    const read = (name: (typeof names)[number]) => {
      const file = variables[name] ?? ''
      return existsSync(file) ? readFileSync(file, 'utf8') : ''
    }
    return {
      variables,
      collect: () => {
        Object.assign(this.env, parseEnvironment(read('GITHUB_ENV')))
        this.paths.unshift(
          ...read('GITHUB_PATH')
            .split('\n')
            .filter((line) => line !== '')
            .reverse(),
        )
        this.#summary(read('GITHUB_STEP_SUMMARY'))
        return {
          outputs: parseFileCommands(read('GITHUB_OUTPUT'), 'GITHUB_OUTPUT'),
          state: parseFileCommands(read('GITHUB_STATE'), 'GITHUB_STATE'),
        }
      },
    }
  }

  #summary(markdown: string): void {
    if (markdown === '') return
    if (Buffer.byteLength(markdown) > largestSummary) {
      const kibibytes = Math.ceil(Buffer.byteLength(markdown) / 1024)
      this.error(
        `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got ${kibibytes}k; it is dropped`,
      )
      return
    }
    const masked = this.masks.apply(markdown)
    appendFileSync(join(this.folders.temp, '..', 'summary.md'), `${masked}\n`)
    this.hub.options.onEvent({ type: 'summary', run: this.run.info, job: this.name, markdown: masked })
  }
}
