import { readFileSync } from 'node:fs'
import semver from 'semver'
import * as z from 'zod'

const advisorySchema = z.looseObject({
  id: z.union([z.string(), z.number()]),
  url: z.string(),
  title: z.string(),
  severity: z.enum(['info', 'low', 'moderate', 'high', 'critical']),
  vulnerable_versions: z.string(),
})
const snapshotSchema = z.object({
  source: z.string().optional(),
  date: z.string(),
  advisories: z.record(z.string(), z.array(advisorySchema)),
})
export type Advisory = z.output<typeof advisorySchema>

/** What is known to be wrong with which packages, as of a day. */
export interface Advisories {
  readonly date: string
  /** The advisories that concern one of these versions, in npm's bulk shape. */
  of(packages: Readonly<Record<string, readonly string[]>>): Record<string, Advisory[]>
}

/**
 * Reads a snapshot of advisories: the file that ADVISORIES names, or the one that comes along.
 *
 * @throws Error that names the file when it cannot be read or is not `{"date", "advisories": {package: [...]}}`
 */
export function openAdvisories(file: string | undefined): Advisories {
  const path = file ?? new URL('advisories.json', import.meta.url)
  let parsed
  try {
    parsed = snapshotSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    throw new Error(`ADVISORIES: ${String(path)} cannot be read as JSON: ${String(cause)}`, { cause })
  }
  if (!parsed.success) throw new Error(`ADVISORIES: ${String(path)} is not usable: ${z.prettifyError(parsed.error)}`)
  const { date, advisories } = parsed.data
  const known = new Map(Object.entries(advisories))
  return {
    date,
    of: (packages) => {
      const found: [string, Advisory[]][] = []
      for (const [name, versions] of Object.entries(packages)) {
        const hits = (known.get(name) ?? []).filter(({ vulnerable_versions: range }) =>
          versions.some(
            (version) =>
              semver.valid(version) !== null && semver.satisfies(version, range, { includePrerelease: true }),
          ),
        )
        if (hits.length > 0) found.push([name, hits])
      }
      return Object.fromEntries(found)
    },
  }
}
