import {
  type CloudFormationClient,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
  type StackResourceDrift,
} from '@aws-sdk/client-cloudformation'
import type { Clock } from '@sluice/core/clock'
import type { GoldenStack } from '@sluice/core/stacks/stack'
import type { ResourceDrift, StackDrift } from '@sluice/core/stacks/drift'

const pollMilliseconds = 5000
const limitMilliseconds = 15 * 60_000

/** Lets CloudFormation compare a stack with its template and waits for the answer. An answer that it could not give is an error. */
export async function detectDrift(client: CloudFormationClient, clock: Clock, stack: GoldenStack): Promise<StackDrift> {
  const StackDriftDetectionId = await begin(client, stack)
  if (StackDriftDetectionId == null) return { stack, resources: [], isMissing: true }
  const began = clock.now().getTime()
  for (;;) {
    const { DetectionStatus, DetectionStatusReason } = await client.send(
      new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }),
    )
    if (DetectionStatus === 'DETECTION_COMPLETE') break
    if (DetectionStatus !== 'DETECTION_IN_PROGRESS') {
      throw new Error(
        `${stack.name} in ${stack.region}: drift was not detected: ${DetectionStatusReason ?? 'no reason given'}`,
      )
    }
    if (clock.now().getTime() - began > limitMilliseconds) {
      throw new Error(
        `${stack.name} in ${stack.region}: expected drift detection within 15 minutes, found it in progress`,
      )
    }
    await clock.sleep(pollMilliseconds)
  }
  const resources: ResourceDrift[] = []
  let NextToken: string | undefined
  do {
    const page = await client.send(
      new DescribeStackResourceDriftsCommand({
        StackName: stack.name,
        StackResourceDriftStatusFilters: ['MODIFIED', 'DELETED'],
        NextToken,
      }),
    )
    resources.push(...(page.StackResourceDrifts ?? []).map(toDrift))
    NextToken = page.NextToken
  } while (NextToken != null)
  return { stack, resources }
}

/** The id of a detection; `undefined` where there is no such stack. */
async function begin(client: CloudFormationClient, { name, region }: GoldenStack): Promise<string | undefined> {
  try {
    const { StackDriftDetectionId } = await client.send(new DetectStackDriftCommand({ StackName: name }))
    if (StackDriftDetectionId == null) throw new Error(`${name} in ${region}: expected the id of a drift detection`)
    return StackDriftDetectionId
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message))
      return undefined
    throw error
  }
}

const toDrift = (drift: StackResourceDrift): ResourceDrift => ({
  logicalId: drift.LogicalResourceId ?? '',
  type: drift.ResourceType ?? '',
  status: drift.StackResourceDriftStatus ?? '',
  properties: (drift.PropertyDifferences ?? []).map(({ PropertyPath }) => PropertyPath ?? ''),
})
