import { AwsError, type Operation } from '../../endpoint/service.ts'

/** A token bucket: so many calls at once, then so many a second. */
interface Bucket {
  readonly burst: number
  readonly perSecond: number
  readonly operations: readonly string[]
}

/** ECS's buckets of an account and region ("Request throttling for the Amazon ECS API", November 2026). */
const buckets: readonly Bucket[] = [
  { burst: 20, perSecond: 1, operations: ['RegisterTaskDefinition'] },
  { burst: 100, perSecond: 20, operations: ['DescribeServices', 'ListServices'] },
  { burst: 50, perSecond: 5, operations: ['CreateService', 'UpdateService', 'DeleteService'] },
  { burst: 50, perSecond: 20, operations: ['DescribeServiceDeployments', 'ListServiceDeployments'] },
  { burst: 50, perSecond: 20, operations: ['DescribeServiceRevisions'] },
  { burst: 100, perSecond: 20, operations: ['DescribeTasks', 'ListTasks'] },
]

/** Operations that refuse with ThrottlingException what ECS would refuse. `now` is wall milliseconds: clients do not speed up. */
export function throttled(
  operations: Readonly<Record<string, Operation>>,
  now: () => number,
): Readonly<Record<string, Operation>> {
  const guarded = { ...operations }
  for (const bucket of buckets) {
    let tokens = bucket.burst
    let filled = now()
    const take = () => {
      const at = now()
      tokens = Math.min(bucket.burst, tokens + ((at - filled) / 1000) * bucket.perSecond)
      filled = at
      if (tokens < 1) throw new AwsError('ThrottlingException', 'Rate exceeded')
      tokens--
    }
    for (const name of bucket.operations) {
      const run = operations[name]
      if (!run) continue
      guarded[name] = (input, call) => {
        take()
        return run(input, call)
      }
    }
  }
  return guarded
}
