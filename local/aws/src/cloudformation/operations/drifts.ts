import type {
  DescribeStackDriftDetectionStatusInput,
  DescribeStackResourceDriftsInput,
  DetectStackDriftInput,
} from '@aws-sdk/client-cloudformation'
import { randomUUID } from 'node:crypto'
import { detectDrift, type PropertyDifference, type ResourceDrift } from '../detect-drift.ts'
import { stackId } from '../stack-scope.ts'
import { invalid } from '../invalid.ts'
import { findStack, nameOf, type CloudFormationContext } from './context.ts'

interface Detection {
  readonly stack: string
  readonly at: Date
  readonly drifts: readonly ResourceDrift[]
}

/** Drift detection. Answers are kept as long as the endpoint lives; AWS keeps them for a while, too. */
export function driftOperations(context: CloudFormationContext) {
  const { account, region, readers, now } = context
  const detections = new Map<string, Detection>()
  const newest = new Map<string, Detection>()

  return {
    async DetectStackDrift({ StackName }: DetectStackDriftInput) {
      const stack = nameOf(StackName, 'StackName')
      const record = findStack(context, stack)
      if (record.status != null && !/_COMPLETE$|_FAILED$/.test(record.status)) {
        throw invalid(`Drift detection is not allowed on stack in ${record.status} state`)
      }
      const id = randomUUID()
      const detection = { stack, at: now(), drifts: await detectDrift(record, readers) }
      detections.set(id, detection)
      newest.set(stack, detection)
      return { StackDriftDetectionId: id }
    },
    DescribeStackDriftDetectionStatus({ StackDriftDetectionId: id = '' }: DescribeStackDriftDetectionStatusInput) {
      const detection = detections.get(id)
      if (!detection) throw invalid(`Drift detection with id ${id} does not exist`)
      const drifted = detection.drifts.filter(({ status }) => status === 'MODIFIED' || status === 'DELETED').length
      return {
        StackId: stackId(detection.stack, account, region),
        StackDriftDetectionId: id,
        DetectionStatus: 'DETECTION_COMPLETE',
        StackDriftStatus: drifted > 0 ? 'DRIFTED' : 'IN_SYNC',
        DriftedStackResourceCount: drifted,
        Timestamp: detection.at,
      }
    },
    DescribeStackResourceDrifts(input: DescribeStackResourceDriftsInput) {
      const stack = nameOf(input.StackName, 'StackName')
      findStack(context, stack)
      const { drifts = [], at = now() } = newest.get(stack) ?? {}
      const wanted = input.StackResourceDriftStatusFilters
      return {
        StackResourceDrifts: drifts
          .filter(({ status }) => wanted?.includes(status) ?? status !== 'NOT_CHECKED')
          .map(({ logicalId, ref, type, status, differences }) => ({
            StackId: stackId(stack, account, region),
            LogicalResourceId: logicalId,
            PhysicalResourceId: ref,
            ResourceType: type,
            StackResourceDriftStatus: status,
            PropertyDifferences: differences.map(showDifference),
            Timestamp: at,
          })),
      }
    },
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

const showDifference = ({ path, expected, actual }: PropertyDifference) => ({
  PropertyPath: path,
  ExpectedValue: text(expected),
  ActualValue: text(actual),
  DifferenceType: actual === undefined ? 'REMOVE' : 'NOT_EQUAL',
})
