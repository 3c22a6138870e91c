import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAws, type LocalAws } from '@sluice/local/aws'

const program = 'aws'
const isThere = spawnSync(program, ['--version']).status === 0
if (!isThere && process.env['SLUICE_REQUIRE'] === 'all') throw new Error(`expected ${program} in PATH, found none`)

const account = '222222222222'
const root = join(import.meta.dirname, '../../..')

// Not installed here: .ci/run installs it and requires it.
describe.skipIf(!isThere)('sluice bootstrap --adopt with the AWS CLI on local AWS', () => {
  let folder: string
  let aws: LocalAws
  let environment: NodeJS.ProcessEnv
  const run = async (file: string, ...args: string[]) => {
    const { stdout } = await promisify(execFile)(file, args, { env: environment, cwd: root })
    return stdout
  }
  const ask = async (query: string, ...args: string[]) =>
    (await run(program, ...args, '--region', aws.region, '--query', query, '--output', 'text')).trim()

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-adopt-'))
    aws = await startAws({ port: 0, stateFolder: folder, speed: 100, runtime: 'auto', account, region: 'us-east-1' })
    environment = { ...process.env, ...aws.environment(), AWS_PAGER: '' }
  })
  afterAll(async () => {
    await aws.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('reads ECS and the load balancer, and says that the network could not be read', async () => {
    await ask('cluster.clusterArn', 'ecs', 'create-cluster', '--cluster-name', 'shop')
    const container = { name: 'registry', image: 'shop:1', portMappings: [{ containerPort: 8080 }] }
    const size = [
      '--requires-compatibilities',
      'FARGATE',
      '--network-mode',
      'awsvpc',
      '--cpu',
      '256',
      '--memory',
      '512',
    ]
    await ask(
      'taskDefinition.revision',
      'ecs',
      'register-task-definition',
      '--family',
      'shop',
      ...size,
      '--container-definitions',
      JSON.stringify([container]),
    )
    const group = await ask(
      'TargetGroups[0].TargetGroupArn',
      'elbv2',
      'create-target-group',
      '--name',
      'shop',
      '--protocol',
      'HTTP',
      '--port',
      '8080',
      '--target-type',
      'ip',
      '--vpc-id',
      'vpc-local',
    )
    const balancer = await ask(
      'LoadBalancers[0].LoadBalancerArn',
      'elbv2',
      'create-load-balancer',
      '--name',
      'shop',
      '--subnets',
      'subnet-1',
      'subnet-2',
      '--security-groups',
      'sg-1',
    )
    const listener = await ask(
      'Listeners[0].ListenerArn',
      'elbv2',
      'create-listener',
      '--load-balancer-arn',
      balancer,
      '--protocol',
      'HTTP',
      '--port',
      '80',
      '--default-actions',
      'Type=fixed-response,FixedResponseConfig={StatusCode=404}',
    )
    const rule = await ask(
      'Rules[0].RuleArn',
      'elbv2',
      'create-rule',
      '--listener-arn',
      listener,
      '--priority',
      '7',
      '--conditions',
      'Field=path-pattern,Values=/*',
      '--actions',
      `Type=forward,TargetGroupArn=${group}`,
    )
    await ask(
      'service.serviceName',
      'ecs',
      'create-service',
      '--cluster',
      'shop',
      '--service-name',
      'shop-web',
      '--task-definition',
      'shop',
      '--desired-count',
      '0',
      '--launch-type',
      'FARGATE',
      '--network-configuration',
      'awsvpcConfiguration={subnets=[subnet-3,subnet-4],securityGroups=[sg-2]}',
      '--load-balancers',
      `targetGroupArn=${group},containerName=registry,containerPort=8080`,
    )

    const main = join(root, 'cli/src/main.ts')
    const args = ['--environment', 'prod', '--cluster', 'shop', '--service', 'registry=shop-web', '--json']
    const failed = await run(process.execPath, main, 'bootstrap', '--adopt', ...args).then(
      () => undefined,
      (error: { code: number; stdout: string }) => error,
    )
    // 3: EC2 does not answer here, so not everything is adopted.
    expect(failed?.code).toBe(3)
    const answer = JSON.parse(failed?.stdout ?? '') as { section: object; refused: Array<{ what: string }> }
    expect(answer.section).toMatchObject({
      cluster: 'shop',
      loadBalancer: { arn: balancer, productionListener: listener, firstPriority: 8 },
      services: { registry: { name: 'shop-web', targetGroup: group, productionRule: rule } },
    })
    expect(answer.refused).toEqual([{ what: 'network', reason: expect.stringContaining('aws ec2 describe-subnets') }])
  })
})
