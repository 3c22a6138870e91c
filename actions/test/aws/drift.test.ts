import {
  CloudFormationClient,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
} from '@aws-sdk/client-cloudformation'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, it } from 'vitest'
import { detectDrift } from '../../src/aws/drift.ts'

const cloudFormation = mockClient(CloudFormationClient)
const stack = {
  id: 'prod/service/us-east-1',
  environment: 'prod',
  part: 'service',
  account: '222222222222',
  region: 'us-east-1',
  name: 'sluice-prod-service',
  file: 'prod/sluice-prod-service.template.json',
  needs: [],
}
let now = 0
const clock = { now: () => new Date(now), sleep: async (milliseconds: number) => void (now += milliseconds) }
const detect = () => detectDrift(new CloudFormationClient({ region: 'us-east-1' }), clock, stack)

describe('detectDrift', () => {
  beforeEach(() => {
    cloudFormation.reset()
    cloudFormation.on(DetectStackDriftCommand).resolves({ StackDriftDetectionId: 'one' })
    cloudFormation.on(DescribeStackDriftDetectionStatusCommand).resolves({ DetectionStatus: 'DETECTION_COMPLETE' })
  })

  it('reads every page of what differs, by property', async () => {
    const page = (LogicalResourceId: string) => ({
      StackResourceDrifts: [
        {
          LogicalResourceId,
          StackResourceDriftStatus: 'MODIFIED' as const,
          PropertyDifferences: [{ PropertyPath: '/A' }],
        },
      ],
    })
    cloudFormation
      .on(DescribeStackResourceDriftsCommand)
      .resolvesOnce({ ...page('One'), NextToken: 'more' } as object)
      .resolves(page('Two') as object)
    const { resources } = await detect()
    expect(resources.map(({ logicalId, properties }) => `${logicalId} ${properties.join()}`)).toEqual([
      'One /A',
      'Two /A',
    ])
  })

  it('says that a stack is not there, and takes no other error for that', async () => {
    const failure = (message: string) => Object.assign(new Error(message), { name: 'ValidationError' })
    cloudFormation.on(DetectStackDriftCommand).rejects(failure('Stack with id sluice-prod-service does not exist'))
    expect(await detect()).toEqual({ stack, resources: [], isMissing: true })
    cloudFormation.on(DetectStackDriftCommand).rejects(failure('Rate exceeded'))
    await expect(detect()).rejects.toThrow('Rate exceeded')
  })

  it.each([
    ['failed', { DetectionStatus: 'DETECTION_FAILED' as const, DetectionStatusReason: 'no access' }, /no access/],
    ['never ended', { DetectionStatus: 'DETECTION_IN_PROGRESS' as const }, /within 15 minutes/],
  ])('takes a detection that %s for no answer', async (_, status, message) => {
    cloudFormation.on(DescribeStackDriftDetectionStatusCommand).resolves(status)
    await expect(detect()).rejects.toThrow(message)
  })
})
