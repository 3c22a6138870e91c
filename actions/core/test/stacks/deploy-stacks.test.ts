import { beforeEach, describe, expect, it } from 'vitest'
import { deployStacks, type DeployPorts, type DeployRequest } from '../../src/stacks/deploy-stacks.ts'
import type { ChangeSet, GoldenStack, Stacks, StackState, TemplateBucket } from '../../src/stacks/stack.ts'
import { ConfigurationError, type Problem } from '../../src/failure.ts'
import { templateKey } from '../../src/stacks/template-text.ts'
import { FakeClock } from '../rollout/fakes.ts'

const stack = (part: string, needs: string[] = []): GoldenStack => ({
  id: `prod/${part}/us-east-1`,
  environment: 'prod',
  part,
  account: '222222222222',
  region: 'us-east-1',
  name: `sluice-prod-${part}`,
  file: `prod/sluice-prod-${part}.template.json`,
  needs: needs.map((need) => `prod/${need}/us-east-1`),
})
const network = stack('network')
const service = stack('service', ['network'])
const stacks = [service, network]

/** CloudFormation with what a test says of each stack; keeps what was asked of it. */
class FakeStacks implements Stacks {
  readonly calls: string[] = []
  states: Record<string, string | undefined> = { network: 'UPDATE_COMPLETE', service: 'UPDATE_COMPLETE' }
  changeSets: Record<string, Partial<ChangeSet>> = {}
  ends: Record<string, string> = {}
  parameters: string[] = []
  async read({ part }: GoldenStack): Promise<StackState | undefined> {
    const status = this.states[part]
    return status == null ? undefined : { status, reason: 'said so', parameters: this.parameters }
  }
  async prepare({ stack: { part }, templateUrl }: Parameters<Stacks['prepare']>[0]): Promise<void> {
    this.calls.push(`prepare ${part}${templateUrl == null ? '' : ` from ${templateUrl}`}`)
  }
  async describe({ part }: GoldenStack): Promise<ChangeSet> {
    return { status: 'ready', reason: '', changes: [], ...this.changeSets[part] }
  }
  async execute({ part }: GoldenStack): Promise<void> {
    this.calls.push(`execute ${part}`)
    this.states[part] = this.ends[part] ?? 'UPDATE_COMPLETE'
  }
  async discard({ part }: GoldenStack): Promise<void> {
    this.calls.push(`discard ${part}`)
  }
}

let fake: FakeStacks
let bucket: TemplateBucket
let obstacles: Record<'first' | 'again', Problem[]>
let asked: string[]
let isRollingOut: boolean
beforeEach(() => {
  fake = new FakeStacks()
  bucket = {
    keep: async ({ part }, { key }) => {
      fake.calls.push(`keep ${part}`)
      return `bucket/${key}`
    },
  }
  obstacles = { first: [], again: [] }
  asked = []
  isRollingOut = false
})
const findObstacles: DeployPorts['findObstacles'] = async (atRest, when) => {
  asked.push([when, ...atRest.map(({ part }) => part)].join(' '))
  return obstacles[when]
}
const deploy = (change: Partial<DeployRequest> = {}) =>
  deployStacks(
    {
      stacks: fake,
      templateBucket: bucket,
      clock: new FakeClock(),
      report: () => {},
      findObstacles,
      isRollingOut: async () => isRollingOut,
    },
    {
      stacks,
      templates: new Map(stacks.map(({ file }) => [file, '{}'])),
      changeSet: 'sluice-1',
      parametersOf: () => ({}),
      prepareOnly: false,
      ...change,
    },
  )
const outcomes = (results: Awaited<ReturnType<typeof deploy>>) =>
  results.map(({ stack: { part }, outcome }) => `${part} ${outcome}`)

describe('deployStacks', () => {
  it('prepares all before it executes one, each after what it needs', async () => {
    expect(outcomes(await deploy())).toEqual(['network deployed', 'service deployed'])
    expect(fake.calls).toEqual(['prepare network', 'prepare service', 'execute network', 'execute service'])
  })

  it('leaves a stack alone that has nothing to change', async () => {
    fake.changeSets = { network: { status: 'empty' } }
    expect(outcomes(await deploy())).toEqual(['network unchanged', 'service deployed'])
    expect(fake.calls).toContain('discard network')
    expect(fake.calls).not.toContain('execute network')
  })

  it('prepares a new stack only when its turn comes: it imports what others export', async () => {
    fake.states = { network: undefined, service: undefined }
    await deploy()
    expect(fake.calls).toEqual(['prepare network', 'execute network', 'prepare service', 'execute service'])
  })

  it('keeps a template that no call can hold in the bucket, before it prepares anything', async () => {
    const large = '{}'.padEnd(51_201)
    const templates = new Map([
      [network.file, '{}'],
      [service.file, large],
    ])
    await deploy({ templates })
    expect(fake.calls).toEqual([
      'keep service',
      'prepare network',
      `prepare service from bucket/${templateKey(large)}`,
      'execute network',
      'execute service',
    ])
  })

  it('refuses before it prepares anything when nobody has a value for a parameter of a stack that is new', async () => {
    const templates = new Map([
      [network.file, '{}'],
      [service.file, JSON.stringify({ Parameters: { FirstImage: {}, CollectorImage: {}, Size: { Default: 1 } } })],
    ])
    fake.states['service'] = undefined
    const failure = deploy({ templates, parametersOf: () => ({ FirstImage: 'host/a@sha256:1' }) })
    await expect(failure).rejects.toThrow(
      'sluice-prod-service in us-east-1: expected a value of CollectorImage, which the stack has not yet, found none',
    )
    await expect(failure).rejects.toThrow('`collector` in environments/project.yaml')
    await expect(failure).rejects.not.toThrow(/FirstImage|Size/)
    expect(fake.calls).toEqual([])
  })

  it('asks for no value that a stack has, and for every one of a stack that was only prepared', async () => {
    const text = JSON.stringify({ Parameters: { CollectorImage: {} } })
    const templates = new Map(stacks.map(({ file }) => [file, text]))
    fake.parameters = ['CollectorImage']
    expect(outcomes(await deploy({ templates }))).toEqual(['network deployed', 'service deployed'])
    fake.states['service'] = 'REVIEW_IN_PROGRESS'
    await expect(deploy({ templates })).rejects.toThrow('expected a value of CollectorImage')
  })

  it('prepares nothing when the bucket refuses', async () => {
    bucket = { keep: () => Promise.reject(new Error('Access Denied')) }
    const templates = new Map(stacks.map(({ file }) => [file, '{}'.padEnd(51_201)]))
    await expect(deploy({ templates })).rejects.toThrow('Access Denied')
    expect(fake.calls).toEqual([])
  })

  it('executes nothing when it is asked to prepare', async () => {
    expect(outcomes(await deploy({ prepareOnly: true }))).toEqual(['network prepared', 'service prepared'])
    expect(fake.calls.join()).not.toContain('execute')
  })

  it.each(['AWS::ElasticLoadBalancingV2::ListenerRule', 'AWS::ECS::TaskDefinition'])(
    'refuses before anything is executed when a change set would modify %s, and takes all change sets back',
    async (type) => {
      fake.changeSets = {
        service: { changes: [{ logicalId: 'Rule', type, action: 'Modify', replacement: 'False' }] },
      }
      await expect(deploy()).rejects.toThrow(ConfigurationError)
      expect(fake.calls).toEqual(['prepare network', 'prepare service', 'discard network', 'discard service'])
    },
  )

  it('lets a rule be added with its service', async () => {
    const type = 'AWS::ElasticLoadBalancingV2::ListenerRule'
    fake.changeSets = { service: { changes: [{ logicalId: 'Rule', type, action: 'Add', replacement: 'False' }] } }
    expect(outcomes(await deploy())).toContain('service deployed')
  })

  it.each([
    ['a stack in motion', () => (fake.states['network'] = 'UPDATE_IN_PROGRESS'), {}, /UPDATE_IN_PROGRESS.*wait for it/],
    ['a stack that broke', () => (fake.states['network'] = 'UPDATE_ROLLBACK_FAILED'), {}, /by hand/],
    ['a missing template', () => {}, { templates: new Map<string, string>() }, /expected a golden template/],
    [
      'a template that is too large',
      () => {},
      { templates: new Map(stacks.map(({ file }) => [file, '{}'.padEnd(1_000_001)])) },
      /at most 1000000 bytes.*found 1000001/,
    ],
  ])('refuses %s and prepares nothing', async (_, arrange, change, message) => {
    arrange()
    await expect(deploy(change)).rejects.toThrow(message)
    expect(fake.calls).toEqual([])
  })

  it('says everything at once that stands against it, and asks about what is there and at rest alone', async () => {
    fake.states = { network: 'UPDATE_IN_PROGRESS', service: 'UPDATE_COMPLETE' }
    obstacles.first = [{ message: 'a rollout is in flight', hint: 'wait' }]
    await expect(deploy()).rejects.toMatchObject({
      problems: [
        { message: expect.stringContaining('UPDATE_IN_PROGRESS') },
        { message: 'a rollout is in flight', hint: 'wait' },
      ],
    })
    expect(asked).toEqual(['first service'])
    expect(fake.calls).toEqual([])
  })

  it('asks again right before a change that reaches the services, and takes back what is not executed', async () => {
    const touched = (type: string) => ({ changes: [{ logicalId: 'A', type, action: 'Modify', replacement: 'False' }] })
    fake.changeSets = { network: touched('AWS::EC2::Subnet'), service: touched('AWS::ECS::Service') }
    obstacles.again = [{ message: 'a rollout began meanwhile', hint: 'wait' }]
    await expect(deploy()).rejects.toThrow('a rollout began meanwhile')
    expect(asked).toEqual(['first network service', 'again'])
    expect(fake.calls).toEqual(['prepare network', 'prepare service', 'execute network', 'discard service'])
  })

  it('does not wait for a rollout that a stack causes: who follows it has to answer its pauses', async () => {
    const touched = (type: string) => ({ changes: [{ logicalId: 'A', type, action: 'Modify', replacement: 'False' }] })
    fake.changeSets = { network: touched('AWS::EC2::Subnet'), service: touched('AWS::ECS::Service') }
    fake.ends = { service: 'UPDATE_IN_PROGRESS' }
    isRollingOut = true
    const after = { ...stack('observability', ['service']) }
    fake.states['observability'] = 'UPDATE_COMPLETE'
    const all = [...stacks, after]
    const templates = new Map(all.map(({ file }) => [file, '{}']))
    expect(outcomes(await deploy({ stacks: all, templates }))).toEqual([
      'network deployed',
      'service rolling-out',
      'observability waiting',
    ])
    expect(fake.calls.slice(-2)).toEqual(['execute service', 'discard observability'])
  })

  it('waits for a new service: nobody has released to it yet', async () => {
    isRollingOut = true
    fake.states['service'] = undefined
    fake.changeSets = {
      service: { changes: [{ logicalId: 'A', type: 'AWS::ECS::Service', action: 'Add', replacement: '' }] },
    }
    expect(outcomes(await deploy())).toEqual(['network deployed', 'service deployed'])
  })

  it('takes a repeated run for what it is: stacks that rolled back once are brought on', async () => {
    fake.states['network'] = 'UPDATE_ROLLBACK_COMPLETE'
    expect(outcomes(await deploy())).toContain('network deployed')
  })

  it('stops at the first stack that ends badly, with its reason', async () => {
    fake.ends = { network: 'UPDATE_ROLLBACK_COMPLETE' }
    await expect(deploy()).rejects.toThrow(/sluice-prod-network in us-east-1 ended UPDATE_ROLLBACK_COMPLETE: said so/)
    expect(fake.calls).not.toContain('execute service')
  })

  it('never takes a change set that failed for an empty one', async () => {
    fake.changeSets = { service: { status: 'failed', reason: 'No export named x found' } }
    await expect(deploy()).rejects.toThrow(/No export named x found/)
    expect(fake.calls.join()).not.toContain('execute')
  })
})
