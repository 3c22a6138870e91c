import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import { endOrphans } from '../engine/orphans.ts'
import type { LauncherReport, LauncherRequest } from './messages.ts'

const entry = join(import.meta.dirname, 'launch-programs.ts')

/** A program that was started. */
export interface Program {
  readonly stdout: Readable
  readonly stderr: Readable
  /** Its exit code; 127 when it could not be started, 130 and 137 when a signal ended it. What it left in its group has ended too. */
  readonly exited: Promise<number>
  /** Resolves when all its output has come, too. */
  readonly closed: Promise<void>
  /** To its process group. */
  signal(signal: 'SIGINT' | 'SIGTERM'): void
  /** Ends it at once, with all that it started. */
  end(): void
  /** Takes no more of its output: a process that it left may hold that open. */
  release(): void
}

/**
 * Starts programs from a small process. A start stops the process that does it for as long as the system copies its page tables:
 * 2 ms for one of 45 MB, 19 for one of 350, and the load balancers run in ours. What was started ends when this process or
 * the launcher is gone, however it died.
 */
export interface Launcher {
  start(
    command: string,
    args: readonly string[],
    options: {
      readonly cwd: string
      readonly env: Readonly<Record<string, string | undefined>>
      /** What all processes of its job are marked with: those that have left its group end with it. */
      readonly trackingId?: string | undefined
    },
  ): Program
  /** Runs a program to its end and gives its standard output. Throws with its error output and its exit code as `code`. */
  run(command: string, args: readonly string[], env?: Readonly<Record<string, string | undefined>>): Promise<string>
  /** Ends what still runs. */
  close(): void
}

interface Started {
  readonly by: ChildProcess
  readonly output: { readonly stdout: PassThrough; readonly stderr: PassThrough }
  readonly trackingId: string | undefined
  /** Its process group, once it is known. */
  group?: number
  readonly exit: (code: number) => void
  readonly close: () => void
}

export function createLauncher(): Launcher {
  const programs = new Map<number, Started>()
  let lastId = 0
  let current: ChildProcess | undefined

  const take = (report: LauncherReport): void => {
    const program = programs.get(report.id)
    if (!program) return
    if (report.type === 'started') program.group = report.pid
    else if (report.type === 'output') program.output[report.stream].write(report.chunk)
    else if (report.type === 'exit') program.exit(report.code)
    else finish(report.id, program)
  }
  const finish = (id: number, { by, output, close }: Started): void => {
    programs.delete(id)
    if (programs.size === 0) hold(by, false)
    output.stdout.end()
    output.stderr.end()
    close()
  }
  /** Without the launcher nobody guards what it started. */
  const abandon = async (by: ChildProcess, reason: string): Promise<void> => {
    if (current === by) current = undefined
    for (const [id, program] of [...programs].filter(([, one]) => one.by === by)) {
      if (program.group != null) killGroup(program.group)
      if (program.trackingId != null) await endOrphans(program.trackingId)
      program.output.stderr.write(`the process that starts programs ${reason}\n`)
      program.exit(137)
      finish(id, program)
    }
  }
  const launch = (): ChildProcess => {
    const child = fork(entry, {
      execArgv: ['--no-warnings'],
      serialization: 'advanced',
      // A signal to the host's whole group must leave the launcher: it ends what it started.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    child.on('message', (report) => take(report as LauncherReport))
    child.once('error', (error) => void abandon(child, `failed: ${error.message}`))
    child.once('exit', (code, signal) => void abandon(child, `ended by ${signal ?? `exit code ${code}`}`))
    return child
  }
  // What cannot be sent has no launcher any more: its end is told of by `exit`.
  const ask = (child: ChildProcess, request: LauncherRequest) => child.send(request, () => undefined)

  const start: Launcher['start'] = (command, args, { cwd, env, trackingId }) => {
    const id = (lastId += 1)
    const by = (current ??= launch())
    const output = { stdout: new PassThrough(), stderr: new PassThrough() }
    const exit = Promise.withResolvers<number>()
    const close = Promise.withResolvers<void>()
    programs.set(id, { by, output, trackingId, exit: exit.resolve, close: close.resolve })
    hold(by, true)
    ask(by, { type: 'start', id, command, args, cwd, env, ...(trackingId == null ? {} : { trackingId }) })
    const tell = (request: LauncherRequest) => void (programs.has(id) && ask(by, request))
    return {
      ...output,
      exited: exit.promise,
      closed: close.promise,
      signal: (signal) => tell({ type: 'signal', id, signal }),
      end: () => tell({ type: 'end', id }),
      release: () => tell({ type: 'release', id }),
    }
  }
  return {
    start,
    run: async (command, args, env = process.env) => {
      const program = start(command, args, { cwd: process.cwd(), env })
      const [stdout, stderr] = await Promise.all([program.stdout, program.stderr].map(textOf))
      const code = await program.exited
      if (code === 0) return stdout ?? ''
      throw Object.assign(new Error(`${command} ${args.join(' ')} ended with exit code ${code}:\n${stderr}`), { code })
    },
    close: () => {
      if (current?.connected) current.disconnect()
      current = undefined
    },
  }
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

/** Whether this process waits for the launcher: as long as a program runs. */
function hold(child: ChildProcess, isHeld: boolean): void {
  if (isHeld) {
    child.ref()
    child.channel?.ref()
  } else {
    child.unref()
    child.channel?.unref()
  }
}

async function textOf(output: Readable): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of output as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
