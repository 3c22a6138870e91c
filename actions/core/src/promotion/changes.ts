import { parse } from 'yaml'
import { canonicalJson, type Json } from '../canonical-json.ts'
import type { EnvironmentFiles } from '../environment/read.ts'

/** One service in one environment. */
export interface Change {
  readonly environment: string
  readonly service: string
}

/**
 * The services whose desired state differs between two readings of `environments/`, in the order of their paths. Comments
 * and layout are no difference. A service that is new is a change, one that is gone is not: nothing deploys it.
 */
export function listChanges(before: EnvironmentFiles, after: EnvironmentFiles): Change[] {
  const changes: Change[] = []
  for (const [path, text] of [...after].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [, environment = '', service = ''] = /^([a-z][a-z0-9-]*)\/([a-z][a-z0-9-]*)\.yaml$/.exec(path) ?? []
    if (service === '' || service === 'environment' || environment === 'policy') continue
    if (!after.has(`${environment}/environment.yaml`)) continue
    if (meaning(before.get(path)) !== meaning(text)) changes.push({ environment, service })
  }
  return changes
}

function meaning(text: string | undefined): string | undefined {
  if (text == null) return undefined
  try {
    return canonicalJson(parse(text) as Json)
  } catch {
    // What cannot be parsed now is reported by the schema; what could not be parsed before differs from anything.
    return undefined
  }
}
