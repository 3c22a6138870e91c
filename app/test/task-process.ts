import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../src/embedded/free-port.ts'

/** The registry as a process of its own, as a task runs it. */
export interface TaskProcess {
  readonly url: string
  readonly child: ChildProcess
  /** Everything that it has written to stdout so far. */
  output(): string
  /** Resolves with its exit code; `null` when a signal ended it. */
  kill(signal: NodeJS.Signals): Promise<number | null>
}

/** A test that fails half-way leaves no process behind: `endTasks` goes into `afterAll`. */
const children = new Set<ChildProcess>()

const readyMs = 120_000

/**
 * Starts `node src/main.ts` with these variables and no others of this machine, and waits until it is ready.
 *
 * @param folder of the app: another release's, where it is not this one
 * @throws Error with what it wrote, when it ends or does not get ready in two minutes
 */
export async function startTask(
  environment: Readonly<Record<string, string>>,
  folder = fileURLToPath(new URL('..', import.meta.url)),
): Promise<TaskProcess> {
  const port = await freePort('127.0.0.1')
  const child = spawn(process.execPath, [join(folder, 'src/main.ts')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PORT: String(port),
      HOST: '127.0.0.1',
      LOG_LEVEL: 'silent',
      DRAIN_GRACE_MS: '300',
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      ...environment,
    },
  })
  children.add(child)
  let output = ''
  let problems = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (problems += text))
  const ended = new Promise<number | null>((resolve) =>
    child.once('close', (code) => {
      children.delete(child)
      resolve(code)
    }),
  )
  const url = `http://127.0.0.1:${port}`
  const ready = () =>
    fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  const began = performance.now()
  // Asked before it is looked at: what answers on the port of a task that has ended is not the task.
  while (!(await ready()) || hasEnded(child)) {
    if (hasEnded(child) || performance.now() - began > readyMs) {
      child.kill('SIGKILL')
      await ended
      const how = child.exitCode ?? child.signalCode
      throw new Error(`the task does not get ready (exit code ${how}):\n${output}${problems}`)
    }
    await sleep(100)
  }
  return {
    url,
    child,
    output: () => output,
    kill: (signal) => {
      child.kill(signal)
      return ended
    },
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

export function endTasks(): void {
  for (const child of children) child.kill('SIGKILL')
}
