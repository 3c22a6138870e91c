import { lstatSync, readlinkSync } from 'node:fs'
import { join, posix } from 'node:path'

/** Linux gives up after as many (path_resolution(7)). */
const maximumLinks = 40

/**
 * Where `path` of an image lies on the host, every symbolic link followed as if `root` were `/`: a link to `/etc/passwd`
 * leads to the image's file and never to the host's. The last part need not exist.
 * @param options.followLast Whether a link at the very end is followed too.
 * @throws Error when the path leaves the root by `..` or its links go round.
 */
export function pathInRoot(root: string, path: string, options: { readonly followLast: boolean }): string {
  const rest = parts(path)
  const walked: string[] = []
  let links = 0
  for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
    if (part === '..') {
      walked.pop()
      continue
    }
    const here = join(root, ...walked, part)
    const isLast = rest.length === 0
    const target = isLast && !options.followLast ? undefined : linkTarget(here)
    if (target === undefined) {
      walked.push(part)
      continue
    }
    links += 1
    if (links > maximumLinks) throw new Error(`Too many symbolic links in ${path}.`)
    if (posix.isAbsolute(target)) walked.length = 0
    rest.unshift(...parts(target))
  }
  return join(root, ...walked)
}

/**
 * The parts of a path that an archive gives, from the root.
 * @throws Error when a part is `..` or holds a NUL: such an archive is hostile or broken.
 */
export function archivePath(name: string): readonly string[] {
  const found = parts(name)
  if (found.includes('..') || name.includes('\0')) {
    throw new Error(`Expected a path inside the image, found ${JSON.stringify(name)} in a layer.`)
  }
  return found
}

function parts(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.')
}

function linkTarget(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    if ((cause as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined
    throw cause
  }
}
