import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { posix } from 'node:path'

import { containerArgv } from '../container-argv.ts'
import type { ContainerSpec } from '../task-runtime.ts'
import { pathInRoot } from './paths-in-root.ts'

/** Where a container's Node.js keeps compiled code (its own choice where nobody names one: nodejs.org/api/module.html, module.enableCompileCache). */
export const compiledCodePath = '/tmp/node-compile-cache'

/** What docker sets when the image does not (moby: DefaultPathEnv). */
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** What runs in a container, and as whom. */
export interface ContainerCommand {
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly workingDirectory: string
  readonly uid: number
  readonly gid: number
}

/**
 * The command of a container, with its environment, folder and user, whose name is looked up in the image.
 * @param root The unpacked image.
 * @throws Error with ECS's `CannotStartContainerError: …` when there is nothing to run, or the program or user is not in the image.
 */
export function containerCommand(spec: ContainerSpec, root: string, hostname: string): ContainerCommand {
  const config = spec.image.config
  const argv = containerArgv(spec)
  const workingDirectory = posix.join('/', spec.workingDirectory ?? config.WorkingDir ?? '/')
  const user = findUser(root, spec.user ?? config.User ?? '')
  const environment: Record<string, string> = {
    PATH: defaultPath,
    HOSTNAME: hostname,
    HOME: user.home,
    NODE_COMPILE_CACHE: compiledCodePath,
    ...Object.fromEntries((config.Env ?? []).map(splitVariable)),
    ...spec.environment,
    ...(spec.port === undefined ? {} : { PORT: String(spec.port) }),
  }
  const program = argv[0]
  if (!hasProgram(root, program, environment['PATH'] ?? defaultPath, workingDirectory)) {
    throw new Error(`CannotStartContainerError: exec: ${JSON.stringify(program)}: executable file not found in $PATH`)
  }
  return { argv, environment, workingDirectory, uid: user.uid, gid: user.gid }
}

function splitVariable(variable: string): [string, string] {
  const at = variable.indexOf('=')
  return at < 0 ? [variable, ''] : [variable.slice(0, at), variable.slice(at + 1)]
}

function findUser(root: string, user: string): { uid: number; gid: number; home: string } {
  const [name = '', group] = user.split(':')
  const people = rows(root, '/etc/passwd')
  const wanted = name === '' ? '0' : name
  const person = people.find((row) => row[0] === wanted) ?? people.find((row) => row[2] === wanted)
  const uid = Number(person?.[2] ?? wanted)
  if (!Number.isInteger(uid)) {
    throw new Error(`CannotStartContainerError: unable to find user ${name}: no matching entries in passwd file`)
  }
  const home = person?.[5] ?? '/'
  if (group === undefined) return { uid, gid: Number(person?.[3] ?? 0), home }
  const gid = Number(rows(root, '/etc/group').find((row) => row[0] === group)?.[2] ?? group)
  if (!Number.isInteger(gid)) {
    throw new Error(`CannotStartContainerError: unable to find group ${group}: no matching entries in group file`)
  }
  return { uid, gid, home }
}

function rows(root: string, file: string): string[][] {
  try {
    const text = readFileSync(pathInRoot(root, file, { followLast: true }), 'utf8')
    return text.split('\n').map((line) => line.split(':'))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw cause
  }
}

function hasProgram(root: string, program: string, path: string, workingDirectory: string): boolean {
  const places = program.includes('/')
    ? [posix.resolve(workingDirectory, program)]
    : path.split(':').map((folder) => posix.resolve(workingDirectory, folder, program))
  return places.some((place) => {
    try {
      const found = pathInRoot(root, place, { followLast: true })
      accessSync(found, constants.X_OK)
      return statSync(found).isFile()
    } catch {
      return false
    }
  })
}
