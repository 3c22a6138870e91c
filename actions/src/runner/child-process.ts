import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface ChildOutcome {
  /** `null` when a signal ended it. */
  readonly exitCode: number | null
  readonly hasTimedOut: boolean
  readonly lastLines: readonly string[]
}

export interface ChildOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly timeoutMilliseconds: number
  /** Every line of both streams, as it comes. */
  readonly onLine: (line: string) => void
  /** Hands the command line to the shell. */
  readonly shell?: boolean
}

const keptLines = 20
/** After SIGTERM; k6 writes its summary in that time. */
const graceMilliseconds = 10_000

/**
 * Runs a program to its end, with the processes that it starts in a group of their own, so that a time limit or a
 * cancellation leaves none of them behind. Rejects only when it cannot be started.
 */
export async function runChild(
  command: string,
  args: readonly string[],
  { cwd, env, timeoutMilliseconds, onLine, shell = false }: ChildOptions,
): Promise<ChildOutcome> {
  const child = spawn(command, args, {
    cwd,
    env,
    shell,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lastLines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lastLines.push(line)
      if (lastLines.length > keptLines) lastLines.shift()
      onLine(line)
    })
  }
  let hasTimedOut = false
  let killer: NodeJS.Timeout | undefined
  const end = () => {
    signalGroup(child.pid, 'SIGTERM')
    killer ??= setTimeout(() => signalGroup(child.pid, 'SIGKILL'), graceMilliseconds)
  }
  const timer = setTimeout(() => {
    hasTimedOut = true
    end()
  }, timeoutMilliseconds)
  process.once('SIGINT', end).once('SIGTERM', end)
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    return { exitCode, hasTimedOut, lastLines }
  } finally {
    clearTimeout(timer)
    clearTimeout(killer)
    process.off('SIGINT', end).off('SIGTERM', end)
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid == null) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal)
  } catch {
    // It has ended by itself meanwhile.
  }
}

/** Tests and load tests come from the checkout: they get no credentials, tokens or inputs of this step. */
export function environmentForTests(
  env: NodeJS.ProcessEnv,
  added: Readonly<Record<string, string>>,
): NodeJS.ProcessEnv {
  const isKept = ([name]: [string, unknown]) =>
    !/^(INPUT_|ACTIONS_|AWS_|GITHUB_TOKEN$|GH_TOKEN$|GITHUB_(OUTPUT|ENV|PATH|STATE|STEP_SUMMARY)$)/.test(name)
  return { ...Object.fromEntries(Object.entries(env).filter(isKept)), ...added }
}
