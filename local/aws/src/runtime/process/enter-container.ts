/**
 * Runs inside the new namespaces of a container, as a child of their PID 1: builds the container's root and becomes its
 * program. Reads an EntryPlan from file descriptor 3, answers on 4: `ok`, or why not.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, closeSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { symlinkSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { type EntryPlan, lastStep } from './entry-plan.ts'
import { pathInRoot } from './paths-in-root.ts'

const devices = ['null', 'zero', 'full', 'random', 'urandom']

const plan = JSON.parse(readFileSync(3, 'utf8')) as EntryPlan
closeSync(3)
try {
  const root = buildRoot(plan)
  const [file, ...args] = lastStep(plan, root)
  const program = programFile(file)
  // Last, so that this program's own memory is not counted.
  for (const group of plan.cgroups) writeFileSync(group, '0')
  writeSync(4, 'ok')
  closeSync(4)
  if (!process.execve) throw new Error('Expected Node.js 24 or newer (process.execve).')
  process.execve(program, [file, ...args], { ...plan.command.environment })
} catch (cause) {
  const said = cause instanceof Error ? cause.message : String(cause)
  try {
    writeSync(4, said)
  } catch {
    process.stderr.write(`${said}\n`)
  }
  process.exitCode = 125
}

/** The image under a writable layer in memory, with what every container has. Returns where it is. */
function buildRoot({ base, image, hostname, readonlyRootFilesystem, command }: EntryPlan): string {
  mount('-t', 'tmpfs', '-o', 'mode=0755', 'tmpfs', base)
  // Relative from here: a colon or comma in a path would end an option of overlay.
  process.chdir(base)
  for (const folder of ['lower', 'upper', 'work', 'root']) mkdirSync(folder)
  mount('--bind', image, 'lower')
  const overlaid = tryMount('-t', 'overlay', '-o', 'lowerdir=lower,upperdir=upper,workdir=work', 'overlay', 'root')
  if (overlaid !== undefined)
    cpSync('lower', 'root', { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
  const root = join(base, 'root')
  // The overlay's folder has the mode of `upper`, which is the image's own `/`.
  chmodSync('root', 0o755)

  setHostname(hostname)
  mount('-t', 'proc', '-o', 'nosuid,nodev,noexec', 'proc', folderIn(root, '/proc'))
  mount('-t', 'tmpfs', '-o', 'mode=1777,nosuid,nodev', 'tmpfs', folderIn(root, '/tmp'))
  const dev = folderIn(root, '/dev')
  mount('-t', 'tmpfs', '-o', 'mode=0755,nosuid,noexec', 'tmpfs', dev)
  for (const device of devices) {
    writeFileSync(join(dev, device), '')
    mount('--bind', join('/dev', device), join(dev, device))
  }
  symlinkSync('/proc/self/fd', join(dev, 'fd'))
  for (const [fd, name] of ['stdin', 'stdout', 'stderr'].entries()) symlinkSync(`/proc/self/fd/${fd}`, join(dev, name))
  mkdirSync(join(dev, 'shm'))
  mount('-t', 'tmpfs', '-o', 'mode=1777,nosuid,nodev,size=64m', 'tmpfs', join(dev, 'shm'))

  write(root, '/etc/hosts', `127.0.0.1 localhost\n::1 localhost\n127.0.0.1 ${hostname}\n`)
  write(root, '/etc/hostname', `${hostname}\n`)
  if (existsSync('/etc/resolv.conf')) write(root, '/etc/resolv.conf', readFileSync('/etc/resolv.conf', 'utf8'))
  if (!existsSync(pathInRoot(root, '/etc/passwd', { followLast: true }))) {
    const own = command.uid === 0 ? '' : `app:x:${command.uid}:${command.gid}:app:/:/sbin/nologin\n`
    write(root, '/etc/passwd', `root:x:0:0:root:/root:/sbin/nologin\n${own}`)
  }
  folderIn(root, command.workingDirectory)
  if (readonlyRootFilesystem) mount('-o', 'remount,bind,ro', root)
  return root
}

function setHostname(name: string): void {
  try {
    writeFileSync('/proc/sys/kernel/hostname', name)
  } catch {
    // In a user namespace the file is another user's, but the call is allowed. Without the command the host's name stays.
    spawnSync('hostname', [name])
  }
}

/** The folder of the container, made when the image has none. */
function folderIn(root: string, path: string): string {
  const folder = pathInRoot(root, path, { followLast: true })
  mkdirSync(folder, { recursive: true })
  return folder
}

function write(root: string, path: string, text: string): void {
  folderIn(root, dirname(path))
  const file = pathInRoot(root, path, { followLast: false })
  rmSync(file, { force: true })
  writeFileSync(file, text)
}

function mount(...args: string[]): void {
  const failed = tryMount(...args)
  if (failed !== undefined) throw new Error(failed)
}

function tryMount(...args: string[]): string | undefined {
  const { status, error, stderr } = spawnSync('mount', args, { encoding: 'utf8' })
  return status === 0 ? undefined : `mount ${args.join(' ')}: ${error?.message ?? stderr.trim()}`
}

/** execve(2) looks in no PATH. */
function programFile(name: string): string {
  const found = (process.env['PATH'] ?? '')
    .split(':')
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file))
  if (found === undefined) throw new Error(`Expected ${name} (util-linux) in PATH, found none.`)
  return found
}
