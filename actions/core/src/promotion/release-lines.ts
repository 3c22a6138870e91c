import { isMap, isScalar, parseDocument } from 'yaml'
import * as z from 'zod'
import { releaseSchema, type Release } from '../environment/release.ts'
import { ConfigurationError } from '../failure.ts'
import { formatImageReference } from '../image-reference.ts'

/**
 * The text of a service's file with another release. Nothing but the three values changes: comments, order and layout stay
 * byte for byte. Throws a `ConfigurationError` that names `path` when the lines are not there.
 */
export function withRelease(text: string, release: Release, path: string): string {
  const document = parseDocument(text)
  const map = document.get('release', true)
  const values: Readonly<Record<string, string>> = {
    image: formatImageReference(release.image),
    // Always quoted: forty digits without a letter would be read as a number.
    commit: JSON.stringify(release.commit),
    version: release.version,
  }
  const edits = Object.entries(values).map(([key, value]) => {
    const node = isMap(map) ? map.get(key, true) : undefined
    if (!isScalar(node) || !node.range) {
      throw new ConfigurationError([
        {
          message: `expected release.${key}, found none`,
          location: { file: path },
          hint: 'add the line; any value will do',
        },
      ])
    }
    return { start: node.range[0], end: node.range[1], value }
  })
  return edits
    .sort((a, b) => b.start - a.start)
    .reduce((edited, { start, end, value }) => edited.slice(0, start) + value + edited.slice(end), text)
}

/** The release that a service's file names. Throws a `ConfigurationError` that names `path` when there is none to be read. */
export function readRelease(text: string, path: string): Release {
  const document = parseDocument(text)
  const lines = document.get('release', true)
  const parsed = releaseSchema.safeParse(document.errors.length === 0 && isMap(lines) ? lines.toJSON() : undefined)
  if (parsed.success) return parsed.data
  const [syntax] = document.errors
  const found = syntax?.message ?? z.prettifyError(parsed.error)
  throw new ConfigurationError([{ message: `expected a release, found ${found}`, location: { file: path } }])
}
