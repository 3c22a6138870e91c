import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { join } from 'node:path'

const guard = join(import.meta.dirname, 'guard.mjs')

/** GitHub sends SIGINT, SIGTERM 7.5 s later, and kills 2.5 s after that. */
const graceMilliseconds = { interrupt: 7500, terminate: 2500 } as const

/** As long as GitHub's runner waits for the rest of the output of a program that has ended: a process that it left may hold the pipe. */
const lateOutputMilliseconds = 5000

export interface ProgramOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** A signal that aborts after so many milliseconds. */
  readonly timeout: (milliseconds: number) => AbortSignal
  readonly onLine: (line: string) => void
}

/** Runs one program of a step to its end, with all that it starts. Resolves with its exit code. */
export async function runProgram(command: string, args: readonly string[], options: ProgramOptions): Promise<number> {
  const child = spawn(process.execPath, [guard, command, ...args], {
    cwd: options.cwd,
    env: options.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    // A signal to the runner's whole group must leave the guard: it ends the step.
    detached: true,
  })
  const outputs = [child.stdout, child.stderr].map((input) => ({ input, lines: createInterface({ input }) }))
  const read = outputs.map(async ({ lines }) => {
    for await (const line of lines) options.onLine(line)
  })
  let hasEnded = false
  const after = (milliseconds: number, act: () => unknown) =>
    options.timeout(milliseconds).addEventListener('abort', () => hasEnded || act(), { once: true })
  const stop = () => {
    child.kill('SIGINT')
    after(graceMilliseconds.interrupt, () => child.kill('SIGTERM'))
    after(graceMilliseconds.interrupt + graceMilliseconds.terminate, () => child.stdin.destroy())
  }
  if (options.signal.aborted) stop()
  else options.signal.addEventListener('abort', stop, { once: true })
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', () =>
        after(lateOutputMilliseconds, () => {
          for (const { input, lines } of outputs) {
            lines.close()
            input.destroy()
          }
        }),
      )
      child.once('close', (code) => resolve(code ?? 1))
    })
  } finally {
    options.signal.removeEventListener('abort', stop)
    hasEnded = true
    await Promise.all(read)
  }
}
