import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

import type { ContainerSpec } from '../task-runtime.ts'
import { eachLine } from '../output-lines.ts'
import type { EntryPlan } from './entry-plan.ts'

/** Where the programs of util-linux are; the variables of the host stay outside. */
export const hostPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * PID 1 of a container's namespace. It stays, for the kernel forgets the death signal of a process that changes its user,
 * and with PID 1 the whole namespace ends. The text is constant: what is untrusted arrives on descriptor 3.
 */
const firstProcess = '"$@" 3<&3 4>&4; code=$?; exit "$code"'

const entry = fileURLToPath(import.meta.resolve('./enter-container.ts'))

/** The arguments of `setpriv` that start a command in namespaces of its own and let it die with this process. */
export function isolation(isRoot: boolean): readonly string[] {
  const user = isRoot ? [] : ['--user', '--map-root-user']
  const namespaces = ['--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child=SIGKILL']
  return ['--pdeathsig', 'KILL', 'unshare', ...user, ...namespaces, '--']
}

/** Starts a container's namespaces and the program that enters them. */
export function spawnIsolated(
  plan: EntryPlan,
  onOutput: ContainerSpec['onOutput'],
): { readonly pid: number; readonly ready: Promise<void>; readonly exited: Promise<number>; kill(): void } {
  const program = [process.execPath, '--no-warnings', entry]
  const child = spawn('setpriv', [...isolation(plan.isRoot), '/bin/sh', '-c', firstProcess, 'sh', ...program], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    env: { PATH: hostPath, LC_ALL: 'C' },
    // A Ctrl-C at the terminal is for the emulator, which then stops its containers in order.
    detached: true,
  })
  const [, stdout, stderr, given, answer] = child.stdio as [null, Readable, Readable, Writable, Readable]
  let errors = ''
  eachLine(stdout, (line) => onOutput(line, 'stdout'))
  eachLine(stderr, (line) => {
    errors = `${errors}${line}\n`.slice(-2000)
    onOutput(line, 'stderr')
  })
  const exited = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    // `close`, not `exit`: the last lines of output come before the news of the end.
    child.once('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']))
  })
  exited.catch(() => undefined)
  given.on('error', () => undefined)
  given.end(JSON.stringify(plan))
  // Not its end: PID 1 holds the descriptor too. One write is one chunk (pipe(7), PIPE_BUF).
  const answered = new Promise<string>((resolve) => {
    answer.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8')))
  })
  const ready = Promise.race([answered, exited.then(() => '')]).then((said) => {
    if (said !== 'ok') throw new Error(said || errors.trim() || 'the container ended before it began')
  })
  if (child.pid === undefined) throw new Error('Cannot start setpriv (util-linux).')
  return { pid: child.pid, ready, exited, kill: () => child.kill('SIGKILL') }
}
