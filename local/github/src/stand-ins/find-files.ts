import { readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve, sep } from 'node:path'

/** What an upload takes. */
export interface FoundFiles {
  /** Absolute. */
  readonly files: readonly string[]
  /** What the files' names in the artifact are relative to. */
  readonly root: string
}

interface Pattern {
  readonly isExclusion: boolean
  /** The path as far as it has no wildcard: where the search begins. */
  readonly from: string
  readonly expression: RegExp
}

/**
 * The files that the lines of `path` name, as upload-artifact finds them (its README, "Inputs" and "Upload using multiple paths and
 * exclusions"): files, folders with all that is in them, wildcards; `!` takes back what lines before it named. Links are followed;
 * files and folders whose name begins with a dot are left out, unless they are asked for.
 *
 * Names in the artifact begin below the search path, and below the folder that all search paths share when there are several.
 */
export async function findFiles(lines: string, workspace: string, includeHidden: boolean): Promise<FoundFiles> {
  const patterns = lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => readPattern(line, workspace))
  const named = [...new Set(patterns.filter(({ isExclusion }) => !isExclusion).map(({ from }) => from))]
  const searched = named.filter((path) => !named.some((other) => path !== other && isWithin(path, other)))
  const files: string[] = []
  for (const path of searched) await collect(path, patterns, { includeHidden, above: [], into: files })
  const [only = workspace] = searched
  if (searched.length > 1) return { files, root: sharedFolder(searched) }
  return { files, root: files.length === 1 && files[0] === only ? dirname(only) : only }
}

function readPattern(line: string, workspace: string): Pattern {
  const isExclusion = line.startsWith('!')
  const path = line
    .replace(/^!/, '')
    .trim()
    .replace(/^~(?=\/|$)/, homedir())
  const segments = resolve(workspace, path).split(sep)
  const wild = segments.findIndex((segment) => /[*?[]/.test(segment))
  const from = (wild < 0 ? segments : segments.slice(0, wild)).join(sep) || sep
  return { isExclusion, from, expression: toExpression(segments) }
}

/** `*` and `?` stay within a name, `**` takes any number of folders, `[]` lists characters. What lies in a match matches too. */
function toExpression(segments: readonly string[]): RegExp {
  const source = segments.map((segment, index) => {
    if (segment === '**') return index === segments.length - 1 ? '.*' : '(?:[^/]+/)*'
    const name = segment.replaceAll(/\[[^\]/]+\]|[*?]|[\\^$.+(){}|[\]]/g, (part) => {
      if (part === '*') return '[^/]*'
      if (part === '?') return '[^/]'
      return part.length > 1 ? part.replace(/^\[!/, '[^') : `\\${part}`
    })
    return index === segments.length - 1 ? name : `${name}/`
  })
  return new RegExp(`^${source.join('')}(?:/.*)?$`)
}

async function collect(
  path: string,
  patterns: readonly Pattern[],
  { includeHidden, above, into }: { includeHidden: boolean; above: readonly string[]; into: string[] },
): Promise<void> {
  if (!includeHidden && basename(path).startsWith('.')) return
  // Nothing there, or a link to nothing.
  const found = await stat(path).catch(() => undefined)
  if (!found) return
  if (!found.isDirectory()) {
    let isTaken = false
    for (const { isExclusion, expression } of patterns) if (expression.test(path)) isTaken = !isExclusion
    if (isTaken) into.push(path)
    return
  }
  // A link to a folder above it has no end.
  const id = `${found.dev}:${found.ino}`
  if (above.includes(id)) return
  for (const name of (await readdir(path)).sort())
    await collect(join(path, name), patterns, { includeHidden, above: [...above, id], into })
}

function isWithin(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

function sharedFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => path.split(sep))
  const ends = first.findIndex((segment, index) => others.some((other) => other[index] !== segment))
  return first.slice(0, ends < 0 ? first.length : ends).join(sep) || sep
}
