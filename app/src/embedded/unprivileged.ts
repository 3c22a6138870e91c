import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { chmod, chown, cp, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { PostgresBinaries } from './binaries.ts'

/** "nobody" on Debian, Alpine and distroless alike. */
const nobody = 65_534

/** How a program that refuses to run as root is started: words in front of its command, or another user id. */
export interface UnprivilegedStart {
  readonly prefix: readonly string[]
  readonly identity: { readonly uid?: number; readonly gid?: number }
  readonly binaries: PostgresBinaries
}

/**
 * PostgreSQL refuses to run as root. As root it is started in a user namespace in which root's files belong to "nobody":
 * so it reaches folders that only root can reach. Where namespaces are forbidden, it runs as the real user "nobody" from a
 * copy that this user can read; then the data folder must be reachable for it too.
 *
 * @throws Error when neither is possible.
 */
export async function startUnprivileged(binaries: PostgresBinaries, folder: string): Promise<UnprivilegedStart> {
  if (process.getuid?.() !== 0) return { prefix: [], identity: {}, binaries }
  const namespace = ['unshare', '--user', `--map-user=${nobody}`, `--map-group=${nobody}`]
  const probe = spawnSync(namespace[0] ?? '', [...namespace.slice(1), 'true'])
  if (probe.status === 0) return { prefix: namespace, identity: {}, binaries }

  await chown(folder, nobody, nobody)
  const reachable = spawnSync('test', ['-w', folder], { uid: nobody, gid: nobody }).status === 0
  if (!reachable) {
    throw new Error(
      `PostgreSQL does not run as root, user namespaces are not available (${String(probe.stderr).trim() || String(probe.error)}), ` +
        `and user ${nobody} cannot write ${folder}: choose a folder below ${tmpdir()}, or set DATABASE_URLS`,
    )
  }
  return { prefix: [], identity: { uid: nobody, gid: nobody }, binaries: await readableCopy(binaries) }
}

async function readableCopy(binaries: PostgresBinaries): Promise<PostgresBinaries> {
  if (spawnSync(binaries.postgres, ['--version'], { uid: nobody, gid: nobody }).status === 0) return binaries
  const copy = await mkdtemp(join(tmpdir(), 'registry-postgres-'))
  accessSync(dirname(copy), constants.X_OK)
  await chmod(copy, 0o755)
  await cp(binaries.folder, copy, { recursive: true, verbatimSymlinks: true })
  const moved = (path: string) => join(copy, path.slice(binaries.folder.length))
  return { folder: copy, initdb: moved(binaries.initdb), postgres: moved(binaries.postgres) }
}
