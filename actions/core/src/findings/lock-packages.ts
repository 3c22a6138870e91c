/** One installed package, by name and version. */
export interface InstalledPackage {
  readonly name: string
  readonly version: string
}

interface LockEntry {
  readonly version?: string
  readonly name?: string
  readonly link?: boolean
  readonly resolved?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** `package-lock.json` of lock file version 3, as far as it is read here. */
export interface PackageLock {
  readonly lockfileVersion: number
  readonly packages: Readonly<Record<string, LockEntry>>
}

/**
 * The packages that one workspace runs with: what its production dependencies reach in the lock, found where Node would find
 * them. Development and optional packages are not in its image and are not listed. Throws a `RangeError` for another lock
 * version, or a workspace that the lock does not know.
 */
export function listProductionPackages(lock: PackageLock, workspace: string): InstalledPackage[] {
  if (lock.lockfileVersion !== 3) {
    throw new RangeError(`expected package-lock.json of lockfileVersion 3, found ${lock.lockfileVersion}`)
  }
  const root = lock.packages[workspace]
  if (!root) throw new RangeError(`expected the workspace "${workspace}" in package-lock.json, found none`)
  const seen = new Set<string>()
  const waiting = dependencyPaths(lock, workspace, root)
  for (let path = waiting.pop(); path != null; path = waiting.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    const entry = lock.packages[path]
    if (entry?.link && entry.resolved != null) waiting.push(entry.resolved)
    else if (entry) waiting.push(...dependencyPaths(lock, path, entry))
  }
  return [...seen]
    .flatMap((path) => {
      const { version, name, link } = lock.packages[path] ?? {}
      const inFolder = path.split('node_modules/').at(-1) ?? path
      return version == null || link || !path.includes('node_modules/') ? [] : [{ name: name ?? inFolder, version }]
    })
    .sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1))
}

function dependencyPaths(lock: PackageLock, from: string, entry: LockEntry): string[] {
  const required = Object.keys({ ...entry.dependencies, ...entry.peerDependencies })
  const left = new Set(Object.keys(entry.optionalDependencies ?? {}))
  return required
    .filter((name) => !left.has(name))
    .map((name) => resolve(lock, name, from))
    .filter((path): path is string => path != null)
}

/** Node's own walk: the nearest `node_modules` that has it, upwards from the one who asks. */
function resolve(lock: PackageLock, name: string, from: string): string | undefined {
  for (let folder = from; ; folder = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '') {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`
    if (lock.packages[path]) return path
    if (folder === '') return undefined
  }
}
