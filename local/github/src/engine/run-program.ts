import { createInterface } from 'node:readline'
import type { Launcher } from '../launcher/launcher.ts'
import { trackingVariable } from './orphans.ts'

/** GitHub sends SIGINT, SIGTERM 7.5 s later, and kills 2.5 s after that. */
const graceMilliseconds = { interrupt: 7500, terminate: 2500 } as const

/** As long as GitHub's runner waits for the rest of the output of a program that has ended: a process that it left may hold the pipe. */
const lateOutputMilliseconds = 5000

export interface ProgramOptions {
  readonly launcher: Launcher
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** A signal that aborts after so many milliseconds. */
  readonly timeout: (milliseconds: number) => AbortSignal
  readonly onLine: (line: string) => void
}

/** Runs one program of a step to its end, with all that it starts. Resolves with its exit code. */
export async function runProgram(command: string, args: readonly string[], options: ProgramOptions): Promise<number> {
  const program = options.launcher.start(command, args, {
    cwd: options.cwd,
    env: options.env,
    trackingId: options.env[trackingVariable],
  })
  const read = [program.stdout, program.stderr].map(async (input) => {
    for await (const line of createInterface({ input })) options.onLine(line)
  })
  let hasEnded = false
  const after = (milliseconds: number, act: () => unknown) =>
    options.timeout(milliseconds).addEventListener('abort', () => hasEnded || act(), { once: true })
  const stop = () => {
    program.signal('SIGINT')
    after(graceMilliseconds.interrupt, () => program.signal('SIGTERM'))
    after(graceMilliseconds.interrupt + graceMilliseconds.terminate, () => program.end())
  }
  if (options.signal.aborted) stop()
  else options.signal.addEventListener('abort', stop, { once: true })
  try {
    const code = await program.exited
    after(lateOutputMilliseconds, () => program.release())
    await program.closed
    return code
  } finally {
    options.signal.removeEventListener('abort', stop)
    hasEnded = true
    await Promise.all(read)
  }
}
