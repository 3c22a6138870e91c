// Stands between the runner and a step: runs the step in a process group of its own, passes signals on, and ends the whole
// group when the runner is gone (its end of our standard input closes however it died). Arguments: command, arguments...
import { spawn } from 'node:child_process'

const [command = '', ...args] = process.argv.slice(2)
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: true })

/** @param {NodeJS.Signals} signal */
function signalGroup(signal) {
  try {
    if (child.pid != null) process.kill(-child.pid, signal)
  } catch {
    // The group is gone already.
  }
}
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => signalGroup(signal))
process.stdin.resume().once('close', () => signalGroup('SIGKILL'))
child.once('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 127
  process.stdin.destroy()
})
child.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 137)
  signalGroup('SIGKILL')
  process.stdin.destroy()
})
