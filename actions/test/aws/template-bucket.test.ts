import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation'
import { S3Client } from '@aws-sdk/client-s3'
import { ConfigurationError } from '@sluice/core/failure'
import { deployStacks } from '@sluice/core/stacks/deploy-stacks'
import { templateKey } from '@sluice/core/stacks/template-text'
import { afterAll, beforeEach, afterEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../core/test/rollout/fakes.ts'
import { bootstrapBucket } from '../../src/aws/bootstrap.ts'
import { cloudFormationStacks } from '../../src/aws/stacks.ts'
import { bootstrapTemplateBucket } from '../../src/aws/template-bucket.ts'
import { startStackWorld } from '../fakes/stack-world.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-template-bucket-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const [account, region] = ['222222222222', 'eu-west-1']
const bucket = bootstrapBucket(account, region)
const stack = {
  id: 'prod/data/eu-west-1',
  environment: 'prod',
  part: 'data',
  account,
  region,
  name: 'sluice-prod-data',
  file: 'prod/sluice-prod-data.eu-west-1.template.json',
  needs: [],
}

/** The stacks of a test, with what deploys them. */
async function startWorld(stateFolder: string) {
  mkdirSync(stateFolder, { recursive: true })
  const world = await startStackWorld({ account, region, stateFolder })
  const configuration = { endpoint: world.url, region, credentials: world.credentials, maxAttempts: 1 }
  let runs = 0
  const clients = { cloudFormation: new CloudFormationClient(configuration), s3: new S3Client(configuration) }
  return {
    clients,
    store: world.store,
    async deploy(template: object, of = stack) {
      const results = await deployStacks(
        {
          stacks: cloudFormationStacks(
            () => clients.cloudFormation,
            () => undefined,
          ),
          templateBucket: bootstrapTemplateBucket(() => clients.s3),
          clock: new FakeClock(),
          report: () => {},
          isRollingOut: async () => false,
          findObstacles: async () => [],
        },
        {
          stacks: [of],
          templates: new Map([[of.file, JSON.stringify(template)]]),
          changeSet: `sluice-${(runs += 1)}`,
          parametersOf: () => ({}),
          prepareOnly: false,
        },
      )
      return results.map(({ outcome }) => outcome)
    },
    async close() {
      clients.cloudFormation.destroy()
      clients.s3.destroy()
      await world.close()
    },
  }
}

const network = (cidr: string, more: object = {}) => ({
  Resources: { Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: cidr } } },
  ...more,
})
const large = { Metadata: { Why: 'ü'.repeat(40_000) } }

describe('templates in the bucket of the bootstrap', () => {
  let world: Awaited<ReturnType<typeof startWorld>>
  let worlds = 0
  beforeEach(async () => {
    world = await startWorld(join(folder, String((worlds += 1))))
  })
  afterEach(() => world.close())

  it('make and change a stack whose template no call can hold, and a repeat changes nothing', async () => {
    await world.store.makeBucket(bucket)
    const first = network('10.0.0.0/16', large)
    expect(await world.deploy(first)).toEqual(['deployed'])
    expect(await world.deploy(first)).toEqual(['unchanged'])
    const second = network('10.1.0.0/16', large)
    expect(await world.deploy(second)).toEqual(['deployed'])

    const keys = [first, second].map((template) => templateKey(JSON.stringify(template)))
    expect(await world.store.keys(bucket, '')).toEqual(keys.toSorted())
    const kept = await world.store.get(bucket, keys[1] ?? '')
    expect(kept?.bytes.equals(Buffer.from(JSON.stringify(second)))).toBe(true)
    const { TemplateBody } = await world.clients.cloudFormation.send(new GetTemplateCommand({ StackName: stack.name }))
    expect(JSON.parse(TemplateBody ?? '')).toMatchObject({ Resources: second.Resources })
  })

  it('are not needed for what a call can hold', async () => {
    expect(await world.deploy(network('10.0.0.0/16'))).toEqual(['deployed'])
  })

  it.each([
    ['is not there', 'NoSuchBucket', stack],
    ["is another account's", 'AccessDenied', { ...stack, account: '333333333333' }],
  ])('are refused where the bucket %s, and nothing is made', async (_, code, of) => {
    if (code === 'AccessDenied') await world.store.makeBucket(bootstrapBucket(of.account, region))
    const refused = world.deploy(network('10.0.0.0/16', large), of)
    await expect(refused).rejects.toThrow(ConfigurationError)
    await expect(refused).rejects.toThrow(
      new RegExp(
        `expected to write to the bucket ${bootstrapBucket(of.account, region)} .*found: ${code}.*cdk bootstrap`,
      ),
    )
    const made = world.clients.cloudFormation.send(new GetTemplateCommand({ StackName: stack.name }))
    await expect(made).rejects.toThrow('does not exist')
  })
})
