import { isDeepStrictEqual } from 'node:util'
import type { ReadLive } from './live-properties.ts'
import type { StackRecord } from './stack-record.ts'

/** How one resource compares with its template. */
export interface ResourceDrift {
  readonly logicalId: string
  readonly ref: string
  readonly type: string
  readonly status: 'IN_SYNC' | 'MODIFIED' | 'DELETED' | 'NOT_CHECKED'
  readonly differences: readonly PropertyDifference[]
}

export interface PropertyDifference {
  /** As a JSON pointer, e.g. `/Actions/0/ForwardConfig/TargetGroups/1/Weight`. */
  readonly path: string
  readonly expected: unknown
  readonly actual: unknown
}

/** Compares what a stack made with what is there now. Only properties that the template names count, as in CloudFormation. */
export async function detectDrift(
  { resources }: Pick<StackRecord, 'resources'>,
  readers: Readonly<Record<string, ReadLive>>,
): Promise<ResourceDrift[]> {
  const drifts: ResourceDrift[] = []
  for (const [logicalId, { type, ref, properties }] of Object.entries(resources)) {
    const read = readers[type]
    const about = { logicalId, ref, type }
    if (!read || !properties) {
      drifts.push({ ...about, status: 'NOT_CHECKED', differences: [] })
      continue
    }
    const live = await read(ref, properties)
    const differences = live ? differencesOf(properties, live) : []
    const status = !live ? 'DELETED' : differences.length > 0 ? 'MODIFIED' : 'IN_SYNC'
    drifts.push({ ...about, status, differences })
  }
  return drifts
}

function differencesOf(
  declared: Readonly<Record<string, unknown>>,
  live: Readonly<Record<string, unknown>>,
): PropertyDifference[] {
  return Object.keys(declared)
    .filter((name) => name in live)
    .flatMap((name) => compare(`/${name}`, declared[name], live[name]))
}

/** What the service adds to an object of the template is no difference; what it leaves out or says otherwise is. */
function compare(path: string, expected: unknown, actual: unknown): PropertyDifference[] {
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    return expected.flatMap((item, index) => compare(`${path}/${index}`, item, actual[index]))
  }
  if (isObject(expected) && isObject(actual)) {
    return Object.keys(expected).flatMap((key) => compare(`${path}/${key}`, expected[key], actual[key]))
  }
  const same =
    isDeepStrictEqual(expected, actual) || (isLeaf(expected) && isLeaf(actual) && String(expected) === String(actual))
  return same ? [] : [{ path, expected, actual }]
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value != null && typeof value === 'object' && !Array.isArray(value)

/** Templates may write numbers and booleans as text. */
const isLeaf = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value)
