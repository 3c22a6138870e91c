import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, it } from 'vitest'
import { cloudFormationStacks } from '../../src/aws/stacks.ts'

const cloudFormation = mockClient(CloudFormationClient)
const adapter = cloudFormationStacks(
  (region) => new CloudFormationClient({ region }),
  () => 'arn:aws:iam::1:role/cfn-exec',
)
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
const failure = (name: string, message: string) => Object.assign(new Error(message), { name })
const template = JSON.stringify({ Parameters: { FirstImage: {}, Size: { Default: 1 } } })
const prepare = (before?: { status: string; reason: string; parameters: string[] }, templateUrl?: string) =>
  adapter.prepare({
    stack,
    changeSet: 'sluice-1',
    template,
    templateUrl,
    parameters: { FirstImage: 'host/a@sha256:1' },
    before,
  })
const asked = () => cloudFormation.commandCalls(CreateChangeSetCommand)[0]?.args[0].input

describe('cloudFormationStacks', () => {
  beforeEach(() => cloudFormation.reset())

  it('reads no stack where CloudFormation says that there is none, and takes no other error for that', async () => {
    const error = failure('ValidationError', 'Stack with id sluice-prod-service does not exist')
    cloudFormation.on(DescribeStacksCommand).rejects(error)
    expect(await adapter.read(stack)).toBeUndefined()
    cloudFormation.on(DescribeStacksCommand).rejects(failure('ValidationError', 'Rate exceeded'))
    await expect(adapter.read(stack)).rejects.toThrow('Rate exceeded')
  })

  it('gives a new stack the values that it has none for', async () => {
    cloudFormation.on(CreateChangeSetCommand).resolves({})
    await prepare()
    expect(asked()).toMatchObject({
      ChangeSetType: 'CREATE',
      RoleARN: 'arn:aws:iam::1:role/cfn-exec',
      Parameters: [{ ParameterKey: 'FirstImage', ParameterValue: 'host/a@sha256:1' }],
    })
  })

  it('keeps the values of a stack that is there: its first image never changes', async () => {
    cloudFormation.on(CreateChangeSetCommand).resolves({})
    await prepare({ status: 'UPDATE_COMPLETE', reason: '', parameters: ['FirstImage'] })
    expect(asked()).toMatchObject({
      ChangeSetType: 'UPDATE',
      Parameters: [{ ParameterKey: 'FirstImage', UsePreviousValue: true }],
    })
  })

  it('sends the template with the call, or its URL alone, with the same parameters', async () => {
    cloudFormation.on(CreateChangeSetCommand).resolves({})
    await prepare()
    expect(asked()).toMatchObject({ TemplateBody: template })
    expect(asked()).not.toHaveProperty('TemplateURL')
    cloudFormation.resetHistory()
    await prepare(undefined, 'https://s3.us-east-1.amazonaws.com/bucket/key.json')
    expect(asked()).toMatchObject({
      TemplateURL: 'https://s3.us-east-1.amazonaws.com/bucket/key.json',
      Parameters: [{ ParameterKey: 'FirstImage', ParameterValue: 'host/a@sha256:1' }],
    })
    expect(asked()).not.toHaveProperty('TemplateBody')
  })

  it('finds the change set of an earlier attempt', async () => {
    cloudFormation.on(CreateChangeSetCommand).rejects(failure('AlreadyExistsException', 'ChangeSet sluice-1 exists'))
    await expect(prepare()).resolves.toBeUndefined()
  })

  it.each([
    ['CREATE_COMPLETE', '', 'ready'],
    ['CREATE_IN_PROGRESS', '', 'pending'],
    ['FAILED', "The submitted information didn't contain changes. Submit different information", 'empty'],
    ['FAILED', 'No updates are to be performed.', 'empty'],
    ['FAILED', 'No export named x found', 'failed'],
    ['DELETE_COMPLETE', '', 'failed'],
  ] as const)('reads %s "%s" as %s', async (Status, StatusReason, status) => {
    cloudFormation.on(DescribeChangeSetCommand).resolves({ Status, StatusReason })
    expect(await adapter.describe(stack, 'sluice-1')).toMatchObject({ status })
  })

  it('reads every page of the changes', async () => {
    const page = (LogicalResourceId: string, NextToken?: string) => ({
      Status: 'CREATE_COMPLETE' as const,
      Changes: [
        { ResourceChange: { LogicalResourceId, ResourceType: 'AWS::ECS::Service', Action: 'Modify' as const } },
      ],
      NextToken,
    })
    cloudFormation.on(DescribeChangeSetCommand).resolvesOnce(page('One', 'more')).resolves(page('Two'))
    const { changes } = await adapter.describe(stack, 'sluice-1')
    expect(changes.map(({ logicalId }) => logicalId)).toEqual(['One', 'Two'])
  })
})
