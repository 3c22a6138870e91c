import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, connect } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { run } from './installed-clients.ts'
import type { Outcome, RunOptions } from './installed-clients.ts'

/** A network of its own with nothing in it but this registry: what a client needs beside it, it does not get. */
export interface Island {
  /** Why clients run without one here. */
  readonly missing?: string
  /** Runs a client there; it reaches the registry by the same URL. */
  run(program: string, words: readonly string[], cwd: string, options?: RunOptions): Promise<Outcome>
  close(): Promise<void>
}

const isRoot = process.getuid?.() === 0
const unshare = ['unshare', ...(isRoot ? [] : ['--user', '--map-root-user']), '--net', '--']

/** Inside: takes connections on the registry's port and passes them on through a socket in the file system, which every network sees. */
const ferry = `
const { createServer, connect } = require('node:net')
const [port, path] = process.argv.slice(1)
createServer((inner) => {
  const outer = connect(path)
  inner.pipe(outer).pipe(inner)
  inner.on('error', () => outer.destroy())
  outer.on('error', () => inner.destroy())
}).listen(Number(port), '127.0.0.1', () => console.log('open'))
process.stdin.resume().on('end', () => process.exit())`

/**
 * Needs the right to make network namespaces (root, or user namespaces). Without it clients run in this machine's network,
 * unless everything is required: then that is a failure.
 */
export async function openIsland(registryUrl: string, folder: string): Promise<Island> {
  const [command = '', ...words] = unshare
  const probe = spawnSync(command, [...words, 'ip', 'link', 'set', 'lo', 'up'], { encoding: 'utf8' })
  if (probe.status !== 0) {
    const missing = `no network namespace can be made (needs unshare and ip, as root or with user namespaces): ${probe.stderr ?? probe.error?.message}`
    if (process.env['SLUICE_REQUIRE']) throw new Error(missing)
    return { missing, run, close: async () => undefined }
  }
  const port = Number(new URL(registryUrl).port)
  const path = join(folder, `island-${port}.sock`)
  const sockets = new Set<Socket>()
  const bridge = createServer((inner) => {
    const outer = connect(port, '127.0.0.1')
    for (const [socket, other] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy()).on('close', () => sockets.delete(socket))
    }
    inner.pipe(outer).pipe(inner)
  })
  bridge.listen(path)
  await once(bridge, 'listening')
  const inside = ['ip link set lo up && exec "$@"', 'sh', process.execPath, '--eval', ferry, String(port), path]
  const child = spawn(command, [...words, 'sh', '-c', ...inside], { stdio: ['pipe', 'pipe', 'inherit'] })
  const isOpen = once(child.stdout, 'data')
  const isOver = once(child, 'close').then(([code]) => {
    throw new Error(`the way into the island ended with exit code ${String(code)} before it was open`)
  })
  isOver.catch(() => undefined)
  await Promise.race([isOpen, isOver])
  const enter = ['nsenter', ...(isRoot ? [] : ['--user', '--preserve-credentials']), '--net', `--target=${child.pid}`]
  return {
    run: (program, clientWords, cwd, options) =>
      run(program, clientWords, cwd, { ...options, through: [...enter, '--'] }),
    close: async () => {
      const ended = once(child, 'close')
      child.stdin.end()
      await ended
      bridge.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
