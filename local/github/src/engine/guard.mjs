// Stands between the runner and a step: runs the step in a process group of its own, passes signals on, and ends all that the step
// started when the runner is gone (its end of our standard input closes however it died). Arguments: command, arguments...
import { spawn } from 'node:child_process'

const [command = '', ...args] = process.argv.slice(2)
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: true })
let isOver = false

/** @param {NodeJS.Signals} signal */
function signalGroup(signal) {
  try {
    if (child.pid != null) process.kill(-child.pid, signal)
  } catch {
    // The group is gone already.
  }
}
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => signalGroup(signal))
process.stdin.resume().once('close', async () => {
  signalGroup('SIGKILL')
  if (isOver) return
  // Nobody is left to look for what has gone into a group or a session of its own.
  const { endOrphans, trackingVariable } = await import('./orphans.ts')
  const id = process.env[trackingVariable]
  if (id) await endOrphans(id)
})
child.once('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 127
  isOver = true
  process.stdin.destroy()
})
child.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 137)
  isOver = true
  signalGroup('SIGKILL')
  process.stdin.destroy()
})
