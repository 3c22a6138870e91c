import snapshot from '../../core/advisories/npm-advisories.json' with { type: 'json' }
import { advisorySnapshotSchema, type AdvisorySnapshot } from './npm-audit.ts'

/** The dated advisories that are vendored, and bundled with the action. */
export function readAdvisorySnapshot(): AdvisorySnapshot {
  return advisorySnapshotSchema.parse(snapshot)
}
