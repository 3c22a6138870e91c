// The launcher: a small process that starts programs for a large one and guards them. Each has a process group of its own; all end
// when the large process is gone, however it died (the channel between the two closes then).
import { spawn, type ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { endOrphans } from '../engine/orphans.ts'
import type { LauncherReport, LauncherRequest } from './messages.ts'

interface Running {
  readonly child: ChildProcess
  readonly trackingId: string | undefined
  hasExited: boolean
}

const programs = new Map<number, Running>()

/** Resolves when it is written: a program whose output nobody takes waits, as at a pipe. */
const report = (message: LauncherReport): Promise<void> =>
  new Promise((resolve) => {
    process.send?.(message, undefined, {}, () => resolve())
  })

type Start = Extract<LauncherRequest, { type: 'start' }>

async function start(request: Start): Promise<void> {
  const { id, trackingId } = request
  const failed = async (error: unknown): Promise<void> => {
    const reason = error instanceof Error ? error.message : String(error)
    await report({ type: 'output', id, stream: 'stderr', chunk: Buffer.from(`${reason}\n`) })
    await report({ type: 'exit', id, code: 127 })
  }
  let child
  try {
    const { command, args, cwd, env } = request
    child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  } catch (error) {
    // Some reasons are thrown (too many arguments), others come as an event.
    await failed(error)
    await report({ type: 'close', id })
    return
  }
  const program: Running = { child, trackingId, hasExited: false }
  programs.set(id, program)
  if (child.pid != null) void report({ type: 'started', id, pid: child.pid })
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => resolve(failed(error)))
    child.once('exit', (code, signal) => {
      program.hasExited = true
      signalGroup(child, 'SIGKILL')
      resolve(report({ type: 'exit', id, code: code ?? (signal === 'SIGINT' ? 130 : 137) }))
    })
  })
  await Promise.all([ended, pass(id, 'stdout', child.stdout), pass(id, 'stderr', child.stderr)])
  programs.delete(id)
  await report({ type: 'close', id })
}

async function pass(id: number, stream: 'stdout' | 'stderr', output: Readable): Promise<void> {
  try {
    for await (const chunk of output as AsyncIterable<Buffer>) await report({ type: 'output', id, stream, chunk })
  } catch {
    // Destroyed, because nobody wants the rest.
  }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid != null) process.kill(-pid, signal)
  } catch {
    // The group is gone already.
  }
}

async function end({ child, trackingId, hasExited }: Running): Promise<void> {
  signalGroup(child, 'SIGKILL')
  // Nobody may be left to look for what has gone into a group or a session of its own.
  if (!hasExited && trackingId != null) await endOrphans(trackingId)
}

async function endAll(): Promise<void> {
  await Promise.all([...programs.values()].map(end))
  // Not before: what has left its group may hold an output open.
  process.kill(process.pid, 'SIGKILL')
}

process.on('message', (request: LauncherRequest) => {
  if (request.type === 'start') {
    void start(request)
    return
  }
  const program = programs.get(request.id)
  if (!program) return
  if (request.type === 'signal') signalGroup(program.child, request.signal)
  else if (request.type === 'end') void end(program)
  else for (const output of [program.child.stdout, program.child.stderr]) output?.destroy()
})
process.once('disconnect', () => void endAll())
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void endAll())
