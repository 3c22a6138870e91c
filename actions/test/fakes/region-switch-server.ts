import { serve, type Request } from './http-server.ts'

/** A world of one Global Database whose writer moves soon after ARC was asked to move it. */
export interface FakeRegions {
  /** Every call, by `service operation`, with the region that it was signed for. */
  readonly calls: { readonly operation: string; readonly region: string; readonly input: Record<string, unknown> }[]
  readonly origin: string
  /** What ARC answers to the next call of an operation in place of its answer. */
  readonly failures: Map<string, { readonly status: number; readonly body: unknown }[]>
  readonly executions: { readonly id: string; readonly startedAt: number; readonly input: Record<string, unknown> }[]
}

const planArn = 'arn:aws:arc-region-switch::000000000000:plan/sluice-prod-us-west-2:abc123'
const moveMilliseconds = 1500

/** ARC, RDS and CloudWatch behind one address, and the environment itself below `/client`. */
export async function fakeRegions(): Promise<FakeRegions> {
  const world: Omit<FakeRegions, 'origin'> = { calls: [], failures: new Map(), executions: [] }
  const since = () => Date.now() - (world.executions.at(-1)?.startedAt ?? Date.now())
  const hasMoved = () => since() >= moveMilliseconds
  const origin = await serve((request) => {
    if (request.path.startsWith('/client')) {
      const isWrite = request.method === 'POST'
      return { status: isWrite && world.executions.length > 0 && !hasMoved() ? 503 : 200, body: {} }
    }
    const region = /Credential=[^/]+\/\d+\/([\w-]+)\//.exec(String(request.headers.authorization))?.[1] ?? ''
    const { operation, input } = operationOf(request)
    world.calls.push({ operation, region, input })
    const failure = world.failures.get(operation)?.shift()
    if (failure) return failure
    if (operation === 'DescribeGlobalClusters')
      return { status: 200, body: Buffer.from(globalCluster(hasMoved() ? 'us-west-2' : 'us-east-1')) }
    const json = answerOf(operation, input, world, hasMoved())
    return {
      status: json == null ? 400 : 200,
      body: json ?? { __type: 'UnknownOperationException', message: operation },
    }
  })
  return { ...world, origin }
}

function operationOf(request: Request): { operation: string; input: Record<string, unknown> } {
  const target = request.headers['x-amz-target']
  if (target != null) return { operation: String(target).split('.').at(-1) ?? '', input: request.json() }
  const form = new URLSearchParams(request.bytes.toString())
  return { operation: form.get('Action') ?? '', input: Object.fromEntries(form) }
}

function answerOf(
  operation: string,
  input: Record<string, unknown>,
  { executions }: Omit<FakeRegions, 'origin'>,
  hasMoved: boolean,
): object | undefined {
  const abbreviated = ({ id, startedAt, input: asked }: FakeRegions['executions'][number]) => ({
    planArn,
    executionId: id,
    executionState: hasMoved ? 'completed' : 'inProgress',
    executionRegion: asked['targetRegion'],
    executionAction: 'activate',
    mode: asked['mode'],
    comment: asked['comment'],
    startTime: startedAt / 1000,
    ...(hasMoved ? { endTime: (startedAt + moveMilliseconds) / 1000 } : {}),
  })
  const found = executions.find(({ id }) => id === input['executionId'])
  switch (operation) {
    case 'ListPlansInRegion':
      // Two pages, as AWS may answer any listing.
      return input['nextToken'] == null
        ? { plans: [{ arn: 'arn:other', name: 'sluice-stage-us-west-2' }], nextToken: 'more' }
        : { plans: [{ arn: planArn, name: 'sluice-prod-us-west-2' }] }
    case 'GetPlanEvaluationStatus':
      return {
        planArn,
        evaluationState: 'passed',
        warnings: [{ version: '1', warningStatus: 'resolved', warningMessage: 'was mended', warningUpdatedTime: 0 }],
      }
    case 'ListPlanExecutions':
      return { items: executions.map(abbreviated) }
    case 'StartPlanExecution':
      executions.push({ id: `e${executions.length + 1}`, startedAt: Date.now(), input })
      return { executionId: `e${executions.length}`, plan: planArn }
    case 'GetPlanExecution':
      if (!found) return undefined
      return {
        ...abbreviated(found),
        stepStates: [
          {
            name: 'database-0',
            status: hasMoved ? 'completed' : 'running',
            startTime: found.startedAt / 1000,
            ...(hasMoved ? { endTime: (found.startedAt + moveMilliseconds) / 1000 } : {}),
          },
        ],
      }
    case 'GetMetricData':
      return { MetricDataResults: [{ Id: 'lag_0', Label: 'lag', Values: [120, 480], StatusCode: 'Complete' }] }
    default:
      return undefined
  }
}

const globalCluster = (
  writer: string,
) => `<DescribeGlobalClustersResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/">
<DescribeGlobalClustersResult><GlobalClusters><GlobalClusterMember>
<GlobalClusterIdentifier>sluice-prod-0-global</GlobalClusterIdentifier><Status>available</Status>
<GlobalClusterMembers>${['us-east-1', 'us-west-2']
  .map(
    (region) =>
      `<GlobalClusterMember><DBClusterArn>arn:aws:rds:${region}:000000000000:cluster:sluice-prod-0</DBClusterArn><IsWriter>${region === writer}</IsWriter></GlobalClusterMember>`,
  )
  .join('')}</GlobalClusterMembers></GlobalClusterMember></GlobalClusters></DescribeGlobalClustersResult>
<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></DescribeGlobalClustersResponse>`
