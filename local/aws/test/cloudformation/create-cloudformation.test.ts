import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createCloudFormation } from '../../src/cloudformation/create-cloudformation.ts'
import type { Invoke, ResourceTypes } from '../../src/cloudformation/resource-type.ts'
import type { StackRecord } from '../../src/cloudformation/stack-record.ts'
import { createObjectStore } from '../../src/s3/object-store.ts'
import { openStateStore } from '../../src/state-store.ts'
import { call } from '../ecs/fakes.ts'
import { until } from '../until.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-cloudformation-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** SSM parameters are made for real; one whose value is `bad` cannot be. */
function scene(name: string) {
  const values = new Map<string, string>()
  const types: ResourceTypes = {
    'AWS::SSM::Parameter': ({ Name, Value }) => {
      if (Value === 'bad') throw new Error('there is no room')
      values.set(String(Name), String(Value))
      return { ref: String(Name), attributes: { Value } }
    },
  }
  const invoke: Invoke = async <Output>(_service: string, _operation: string, input: object) => {
    const { Name } = input as { Name: string }
    const Value = values.get(Name)
    if (Value == null) throw Object.assign(new Error('gone'), { code: 'ParameterNotFound' })
    return { Parameter: { Name, Value, Type: 'String' } } as Output
  }
  const stateFolder = join(folder, name)
  const objects = createObjectStore(join(stateFolder, 's3'))
  const faults: unknown[] = []
  const start = () =>
    createCloudFormation({
      account: '000000000000',
      region: 'us-east-1',
      types,
      stacks: openStateStore<StackRecord>(join(stateFolder, 'stacks.json')),
      invoke,
      objects,
      stateFolder,
      now: () => new Date('2026-01-01T00:00:00Z'),
      fault: (error) => void faults.push(error),
    })
  let cloudFormation = start()
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read answers freely
  const send = async (operation: string, input: object): Promise<any> =>
    cloudFormation.service.operations[operation]?.(input as never, call)
  const status = async (): Promise<{ StackStatus: string; StackStatusReason?: string }> =>
    (await send('DescribeStacks', { StackName: 'one' })).Stacks[0]
  return {
    values,
    objects,
    faults,
    send,
    status,
    restart: () => void (cloudFormation = start()),
    prepare: (ChangeSetName: string, resources: object, more: object = {}) =>
      send('CreateChangeSet', {
        StackName: 'one',
        ChangeSetName,
        TemplateBody: JSON.stringify({ Parameters: { Size: { Type: 'String' } }, Resources: resources }),
        Parameters: [{ ParameterKey: 'Size', UsePreviousValue: 'true' }],
        ...more,
      }),
    changes: async (ChangeSetName: string) => {
      const { Changes } = await send('DescribeChangeSet', { StackName: 'one', ChangeSetName })
      return (Changes as { ResourceChange: Record<string, unknown> }[]).map(({ ResourceChange }) => [
        ResourceChange['Action'],
        ResourceChange['LogicalResourceId'],
        ResourceChange['Replacement'],
      ])
    },
    execute: async (ChangeSetName: string) => {
      await send('ExecuteChangeSet', { StackName: 'one', ChangeSetName, ClientRequestToken: ChangeSetName })
      await until('a stack at rest', async () => !(await status()).StackStatus.endsWith('_IN_PROGRESS'))
      return status()
    },
  }
}

const parameter = (Name: string, Value: unknown) => ({ Type: 'AWS::SSM::Parameter', Properties: { Name, Value } })
const created = { ChangeSetType: 'CREATE', Parameters: [{ ParameterKey: 'Size', ParameterValue: 'small' }] }

/** A stack `one` of a parameter A and a VPC that is only taken note of. */
async function aStack(name: string) {
  const world = scene(name)
  const resources = { A: parameter('/a', { Ref: 'Size' }), Vpc: { Type: 'AWS::EC2::VPC' } }
  await world.prepare('first', resources, created)
  const done = await world.execute('first')
  return { ...world, resources, done }
}

describe('a stack that is made by change set', () => {
  it('is in review first, then made, and keeps its parameters for the next change set', async () => {
    const { prepare, status, execute, values, send, changes } = scene('made')
    const A = parameter('/a', { Ref: 'Size' })
    await prepare('first', { A }, created)
    expect((await status()).StackStatus).toBe('REVIEW_IN_PROGRESS')
    expect(await changes('first')).toEqual([['Add', 'A', undefined]])
    expect(values.size).toBe(0)
    expect((await execute('first')).StackStatus).toBe('CREATE_COMPLETE')
    expect(values.get('/a')).toBe('small')
    const { Stacks } = await send('DescribeStacks', { StackName: 'one' })
    expect(Stacks[0].Parameters).toEqual([{ ParameterKey: 'Size', ParameterValue: 'small' }])
    expect(JSON.parse((await send('GetTemplate', { StackName: 'one' })).TemplateBody).Resources).toEqual({ A })
  })

  it('shows exactly what a template changes, and does nothing before it is executed', async () => {
    const { prepare, changes, execute, values, resources } = await aStack('changed')
    const template = {
      A: parameter('/a', 'large'),
      B: parameter('/b', { 'Fn::GetAtt': ['C', 'Value'] }),
      C: parameter('/c', 'new'),
    }
    await prepare('next', template)
    expect(await changes('next')).toEqual([
      ['Modify', 'A', 'False'],
      ['Add', 'C', undefined],
      ['Add', 'B', undefined],
      ['Remove', 'Vpc', undefined],
    ])
    expect(values.get('/a')).toBe('small')
    expect((await execute('next')).StackStatus).toBe('UPDATE_COMPLETE')
    expect(Object.fromEntries(values)).toEqual({ '/a': 'large', '/b': 'new', '/c': 'new' })
    await prepare('back', { ...resources, B: template.B, C: template.C })
    expect(await changes('back')).toContainEqual(['Add', 'Vpc', undefined])
  })

  it("says that there is nothing to change in CloudFormation's own sentence", async () => {
    const { prepare, send, resources } = await aStack('same')
    await prepare('same', resources)
    expect(await send('DescribeChangeSet', { StackName: 'one', ChangeSetName: 'same' })).toMatchObject({
      Status: 'FAILED',
      ExecutionStatus: 'UNAVAILABLE',
      StatusReason: expect.stringContaining("didn't contain changes"),
    })
    await expect(send('ExecuteChangeSet', { StackName: 'one', ChangeSetName: 'same' })).rejects.toThrow(
      'cannot be executed in its current status of [FAILED]',
    )
  })

  it('rolls what it changed back when something fails', async () => {
    const { prepare, execute, values, send } = await aStack('failing')
    await prepare('next', { A: parameter('/a', 'large'), B: parameter('/b', 'bad') })
    const done = await execute('next')
    expect(done.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE')
    expect(done.StackStatusReason).toContain('B (AWS::SSM::Parameter): there is no room')
    expect(values.get('/a')).toBe('small')
    const { StackResources } = await send('DescribeStackResources', { StackName: 'one' })
    expect(StackResources.map(({ LogicalResourceId }: { LogicalResourceId: string }) => LogicalResourceId)).toEqual([
      'A',
      'Vpc',
    ])
  })

  it.each([
    ['replaces', { A: parameter('/other', 'small') }, /does not replace A \(AWS::SSM::Parameter\)/],
    ['deletes', { B: parameter('/b', 'new') }, /does not delete A \(AWS::SSM::Parameter\)/],
  ])('is left alone by a change set that %s what is made here', async (why, resources, reason) => {
    const { prepare, execute, values } = await aStack(why)
    await prepare('next', resources)
    expect(await execute('next')).toMatchObject({
      StackStatus: 'UPDATE_ROLLBACK_COMPLETE',
      StackStatusReason: expect.stringMatching(reason),
    })
    expect(Object.fromEntries(values)).toEqual({ '/a': 'small' })
  })

  it('is executed once, however often the same call comes', async () => {
    const { prepare, execute, send, faults, restart, status } = await aStack('twice')
    await prepare('next', { A: parameter('/a', 'large') })
    await execute('next')
    await send('ExecuteChangeSet', { StackName: 'one', ChangeSetName: 'next', ClientRequestToken: 'next' })
    expect((await status()).StackStatus).toBe('UPDATE_COMPLETE')
    restart()
    expect((await status()).StackStatus).toBe('UPDATE_COMPLETE')
    expect(faults).toEqual([])
  })
})

describe('drift', () => {
  it('names the properties that somebody changed, and what is gone', async () => {
    const { send, values } = await aStack('drift')
    const detect = async () => {
      const { StackDriftDetectionId } = await send('DetectStackDrift', { StackName: 'one' })
      const { StackDriftStatus } = await send('DescribeStackDriftDetectionStatus', { StackDriftDetectionId })
      const { StackResourceDrifts } = await send('DescribeStackResourceDrifts', {
        StackName: 'one',
        StackResourceDriftStatusFilters: ['MODIFIED', 'DELETED'],
      })
      return [StackDriftStatus, ...StackResourceDrifts]
    }
    expect(await detect()).toEqual(['IN_SYNC'])
    values.set('/a', 'by hand')
    expect(await detect()).toMatchObject([
      'DRIFTED',
      {
        LogicalResourceId: 'A',
        StackResourceDriftStatus: 'MODIFIED',
        PropertyDifferences: [{ PropertyPath: '/Value', ExpectedValue: 'small', ActualValue: 'by hand' }],
      },
    ])
    values.delete('/a')
    expect(await detect()).toMatchObject(['DRIFTED', { StackResourceDriftStatus: 'DELETED' }])
  })
})

describe('CloudFormation refuses', () => {
  it.each<[what: string, operation: string, input: object, code: string, message: RegExp]>([
    [
      'a stack that is not there',
      'DescribeStacks',
      { StackName: 'no' },
      'ValidationError',
      /^Stack with id no does not exist$/,
    ],
    [
      'a change set that is not there',
      'DescribeChangeSet',
      { StackName: 'one', ChangeSetName: 'no' },
      'ChangeSetNotFound',
      /no/,
    ],
    [
      'an update of nothing',
      'CreateChangeSet',
      { StackName: 'no', ChangeSetName: 'a', TemplateBody: '{}' },
      'ValidationError',
      /\[no\] does not exist/,
    ],
    [
      'a second stack of a name',
      'CreateChangeSet',
      { StackName: 'one', ChangeSetName: 'a', ChangeSetType: 'CREATE', TemplateBody: '{}' },
      'ValidationError',
      /already exists/,
    ],
    [
      'a template that is too large',
      'CreateChangeSet',
      { StackName: 'one', ChangeSetName: 'a', TemplateBody: 'x'.repeat(51_201) },
      'ValidationError',
      /less than or equal to 51200/,
    ],
    [
      'no template at all',
      'CreateChangeSet',
      { StackName: 'one', ChangeSetName: 'a' },
      'ValidationError',
      /^Either Template URL or Template Body must be specified\.$/,
    ],
    [
      'a template that is none',
      'CreateChangeSet',
      { StackName: 'one', ChangeSetName: 'a', TemplateBody: '{}' },
      'ValidationError',
      /At least one Resources member/,
    ],
    [
      'a parameter without a value',
      'CreateChangeSet',
      { StackName: 'one', ChangeSetName: 'a', TemplateBody: '{"Parameters":{"X":{"Type":"String"}},"Resources":{}}' },
      'ValidationError',
      /\[X\] must have values/,
    ],
  ])('%s', async (what, operation, input, code, message) => {
    const { send } = await aStack(what.replaceAll(' ', '-'))
    await expect(send(operation, input)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })
})

describe('a template by URL', () => {
  const A = parameter('/a', 'large')
  const byUrl = (TemplateURL: string) => ({ TemplateBody: undefined, TemplateURL, Parameters: [] })

  it.each([
    ['in the path', 'https://s3.us-east-1.amazonaws.com/templates/sluice/a%20b.json'],
    ['in the host', 'https://templates.s3.us-east-1.amazonaws.com/sluice/a%20b.json'],
  ])('is read where its bucket stands %s, however large for a call', async (where, url) => {
    const { objects, prepare, execute, values } = await aStack(where.replaceAll(' ', '-'))
    await objects.makeBucket('templates')
    const text = JSON.stringify({ Resources: { A }, Metadata: { Why: 'x'.repeat(60_000) } })
    await objects.put('templates', 'sluice/a b.json', Buffer.from(text), {})
    await prepare('next', {}, byUrl(url))
    expect((await execute('next')).StackStatus).toBe('UPDATE_COMPLETE')
    expect(values.get('/a')).toBe('large')
  })

  it.each<[what: string, url: string, message: RegExp]>([
    ['a bucket that is not there', 'https://s3.us-east-1.amazonaws.com/nowhere/a.json', /^S3 error: .*bucket does not/],
    ['a key that is not there', 'https://s3.us-east-1.amazonaws.com/templates/no.json', /^S3 error: .*key does not/],
    ['more than a megabyte', 'https://s3.us-east-1.amazonaws.com/templates/huge.json', /may not exceed 1000000 bytes/],
    ['no JSON', 'https://s3.us-east-1.amazonaws.com/templates/torn.json', /^Template format error/],
    ['a URL of somebody else', 'https://s3.us-east-1.amazonaws.com.example.com/templates/a.json', /supported URL/],
    ['a URL without TLS', 'http://s3.us-east-1.amazonaws.com/templates/torn.json', /supported URL/],
    ['a URL without a key', 'https://s3.us-east-1.amazonaws.com/templates', /supported URL/],
    ['a URL out of the bucket', 'https://s3.us-east-1.amazonaws.com/../stacks.json', /supported URL/],
  ])('is refused for %s', async (what, url, message) => {
    const { objects, prepare, send } = await aStack(`url-${what.replaceAll(' ', '-')}`)
    await objects.makeBucket('templates')
    await objects.put('templates', 'huge.json', Buffer.from(' '.repeat(1_000_001)), {})
    await objects.put('templates', 'torn.json', Buffer.from('{'), {})
    await expect(prepare('next', {}, byUrl(url))).rejects.toMatchObject({
      code: 'ValidationError',
      message: expect.stringMatching(message),
    })
    await expect(send('DescribeChangeSet', { StackName: 'one', ChangeSetName: 'next' })).rejects.toMatchObject({
      code: 'ChangeSetNotFound',
    })
  })
})
