/**
 * Runs inside the new namespaces of a container, as a child of their PID 1: builds the container's root and becomes its
 * program. Reads an EntryPlan from file descriptor 3, answers on 4: `ok`, or why not.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, closeSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { symlinkSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { compiledCodePath } from './container-command.ts'
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
function buildRoot({ base, image, hostname, readonlyRootFilesystem, compiled, command }: EntryPlan): string {
  mount('-t', 'tmpfs', '-o', 'mode=0755', 'tmpfs', base)
  // Relative from here: a colon or comma in a path would end an option of overlay.
  process.chdir(base)
  for (const folder of ['lower', 'upper', 'work', 'root']) mkdirSync(folder)
  mount('--bind', image, 'lower')
  const overlaid = tryMount('-t', 'overlay', '-o', 'lowerdir=lower,upperdir=upper,workdir=work', 'overlay', 'root')
  if (overlaid !== undefined) {
    cpSync('lower', 'root', { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
  }
  const root = join(base, 'root')
  // The overlay's folder has the mode of `upper`, which is the image's own `/`.
  chmodSync('root', 0o755)

  setHostname(hostname)
  const [proc, tmp, dev] = ['/proc', '/tmp', '/dev'].map((path) => folderIn(root, path))
  if (proc === undefined || tmp === undefined || dev === undefined) throw new Error('There is no place to mount.')
  mountAll([
    ...procMounts(proc),
    { source: 'tmpfs', target: tmp, type: 'tmpfs', options: 'mode=1777,nosuid,nodev' },
    { source: 'tmpfs', target: dev, type: 'tmpfs', options: 'mode=0755,nosuid,noexec' },
  ])
  for (const device of devices) writeFileSync(join(dev, device), '')
  mkdirSync(join(dev, 'shm'))
  const code = folderIn(root, compiledCodePath)
  symlinkSync('/proc/self/fd', join(dev, 'fd'))
  for (const [fd, name] of ['stdin', 'stdout', 'stderr'].entries()) symlinkSync(`/proc/self/fd/${fd}`, join(dev, name))
  mountAll([
    ...devices.map((device) => bind(join('/dev', device), join(dev, device))),
    bind(compiled, code, ',nosuid,nodev'),
    { source: 'tmpfs', target: join(dev, 'shm'), type: 'tmpfs', options: 'mode=1777,nosuid,nodev,size=64m' },
  ])

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

/** The kernel's own switches belong to the host: a container may look at most (moby: oci/defaults.go). */
function procMounts(proc: string): Mount[] {
  const options = 'nosuid,nodev,noexec'
  const seen = ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger'].filter((name) => existsSync(join('/proc', name)))
  const hidden = ['kcore', 'keys', 'timer_list'].filter((name) => existsSync(join('/proc', name)))
  return [
    { source: 'proc', target: proc, type: 'proc', options },
    ...seen.map((name) => bind(join(proc, name), join(proc, name), `,ro,${options}`)),
    ...hidden.map((name) => bind('/dev/null', join(proc, name))),
  ]
}

interface Mount {
  readonly source: string
  readonly target: string
  readonly type: string
  readonly options: string
}

function bind(source: string, target: string, more = ''): Mount {
  return { source, target, type: 'none', options: `bind${more}` }
}

/** Many mounts by one program, in order: each program costs a container some milliseconds. */
function mountAll(mounts: readonly Mount[]): void {
  const table = mounts.map(({ source, target, type, options }) =>
    [source, target, type, options, '0', '0'].map(escapeField).join(' '),
  )
  writeFileSync('mounts', `${table.join('\n')}\n`)
  mount('--all', '--fstab', 'mounts')
}

/** As fstab(5) wants it. */
function escapeField(text: string): string {
  return text.replaceAll(/[\s\\]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`)
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
