import type { ContainerCommand } from './container-command.ts'

/** What the program inside a container's namespaces is told (as JSON, on file descriptor 3). */
export interface EntryPlan {
  /** An empty folder of this container: the mount point of everything. */
  readonly base: string
  /** The unpacked image, shared by its containers and never written. */
  readonly image: string
  readonly hostname: string
  readonly readonlyRootFilesystem: boolean
  /** Files (`cgroup.procs`) of the cgroups that the container joins. */
  readonly cgroups: readonly string[]
  /** False in a user namespace of an ordinary user. */
  readonly isRoot: boolean
  /** The host's folder that containers find at `compiledCodePath`. */
  readonly compiled: string
  readonly command: ContainerCommand
}

/**
 * What a container may do as root, at most: docker's defaults without mknod and raw sockets (moby: oci/caps/defaults.go).
 * A container of another user has none.
 */
const capabilities = [
  'chown',
  'dac_override',
  'fowner',
  'fsetid',
  'kill',
  'setgid',
  'setuid',
  'setpcap',
  'net_bind_service',
  'sys_chroot',
]

/**
 * The last program of the host, which becomes the container's: it changes root, folder and user, and execs.
 * The environment is not among the arguments, for arguments are open to everyone on the machine.
 */
export function lastStep(plan: EntryPlan, root: string): readonly [file: string, ...args: string[]] {
  const { uid, gid, workingDirectory, argv } = plan.command
  const place = [`--root=${root}`, `--wd=${workingDirectory}`]
  const bounds = ['--no-new-privs', `--bounding-set=-all,${capabilities.map((name) => `+${name}`).join(',')}`]
  const user = plan.isRoot
    ? [`--setgid=${gid}`, `--setuid=${uid}`]
    : // Of an ordinary user's namespace only the user itself is mapped; another number takes a namespace of its own.
      uid === 0
      ? []
      : ['--user', `--map-user=${uid}`, `--map-group=${gid}`]
  return ['setpriv', ...(plan.isRoot ? bounds : ['--no-new-privs']), 'unshare', ...place, ...user, '--', ...argv]
}
