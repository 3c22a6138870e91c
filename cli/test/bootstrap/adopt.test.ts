import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readEnvironments } from '@sluice/infra/planning'
import type { RunProgram } from '../../src/bootstrap/check.ts'
import { describeAdoption } from '../../src/bootstrap/print-adoption.ts'
import { runAdopt, type AdoptOptions } from '../../src/bootstrap/run-adopt.ts'

const state = await readEnvironments(join(import.meta.dirname, '../../../environments'))
const elb = (kind: string) => `arn:aws:elasticloadbalancing:us-east-1:222222222222:${kind}`
const balancerArn = elb('loadbalancer/app/shop/1')
const groupArn = elb('targetgroup/shop/2')
const listenerArn = elb('listener/app/shop/1/3')
const ruleArn = elb('listener-rule/app/shop/1/3/4')

type Answers = Record<string, object>

/** An account with a cluster, a service, a load balancer and a network, as the AWS CLI prints them. */
const account: Answers = {
  'ecs describe-clusters': {
    clusters: [{ clusterName: 'shop', status: 'ACTIVE', capacityProviders: ['FARGATE'] }],
  },
  'ecs describe-services': {
    services: [
      {
        serviceName: 'shop-web',
        status: 'ACTIVE',
        schedulingStrategy: 'REPLICA',
        launchType: 'FARGATE',
        taskDefinition: 'shop:7',
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: ['subnet-3', 'subnet-4'],
            securityGroups: ['sg-2'],
            assignPublicIp: 'DISABLED',
          },
        },
        loadBalancers: [{ targetGroupArn: groupArn, containerName: 'registry', containerPort: 8080 }],
        tags: [],
      },
    ],
  },
  'ecs describe-task-definition': {
    taskDefinition: { networkMode: 'awsvpc', containerDefinitions: [{ name: 'registry' }] },
  },
  'elbv2 describe-target-groups': {
    TargetGroups: [{ TargetGroupArn: groupArn, TargetType: 'ip', LoadBalancerArns: [balancerArn] }],
  },
  'elbv2 describe-load-balancers': {
    LoadBalancers: [
      {
        LoadBalancerArn: balancerArn,
        Type: 'application',
        DNSName: 'shop.elb.example.com',
        CanonicalHostedZoneId: 'Z35',
        VpcId: 'vpc-1',
        AvailabilityZones: [{ SubnetId: 'subnet-1' }, { SubnetId: 'subnet-2' }],
        SecurityGroups: ['sg-1'],
      },
    ],
  },
  'elbv2 describe-listeners': { Listeners: [{ ListenerArn: listenerArn, Port: 443, Protocol: 'HTTPS' }] },
  'elbv2 describe-rules': {
    Rules: [
      { RuleArn: ruleArn, Priority: '12', Actions: [{ Type: 'forward', TargetGroupArn: groupArn }] },
      { RuleArn: `${ruleArn}0`, Priority: 'default', IsDefault: true, Actions: [{ Type: 'fixed-response' }] },
    ],
  },
  'ec2 describe-subnets': {
    Subnets: [1, 2, 3, 4, 5, 6].map((number) => ({
      SubnetId: `subnet-${number}`,
      AvailabilityZone: `us-east-1${number % 2 === 1 ? 'a' : 'b'}`,
    })),
  },
  'ec2 describe-route-tables': {
    RouteTables: [
      { Associations: [{ Main: true }], Routes: [] },
      {
        Associations: [{ SubnetId: 'subnet-1' }, { SubnetId: 'subnet-2' }],
        Routes: [{ DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1' }],
      },
      {
        Associations: [{ SubnetId: 'subnet-3' }, { SubnetId: 'subnet-4' }],
        Routes: [{ DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1' }],
      },
    ],
  },
}

const asked: string[] = []
const answering =
  (answers: Answers | ((call: string) => object | undefined), of = '222222222222'): RunProgram =>
  async (program, args) => {
    const call = `${args[0]} ${args[1]}`
    asked.push(call)
    if (program !== 'aws') return undefined
    if (call === 'sts get-caller-identity') return { exitCode: 0, stdout: `${of}\n`, stderr: '' }
    const answer = typeof answers === 'function' ? answers(call) : answers[call]
    if (!answer) return { exitCode: 254, stdout: '', stderr: '\nAn error occurred (AccessDenied): no\n' }
    return { exitCode: 0, stdout: JSON.stringify(answer), stderr: '' }
  }

const options: AdoptOptions = {
  environment: 'prod',
  region: undefined,
  cluster: 'shop',
  services: ['registry=shop-web'],
  loadBalancer: undefined,
  vpc: undefined,
}
const adopt = (
  answers: Answers | ((call: string) => object | undefined) = account,
  changes: Partial<AdoptOptions> = {},
) => runAdopt(answering(answers), state, { ...options, ...changes })

/** The account with one thing of its service changed. */
const withService = (change: object): Answers => {
  const { services } = account['ecs describe-services'] as { services: object[] }
  return { ...account, 'ecs describe-services': { services: [{ ...services[0], ...change }] } }
}

describe('sluice bootstrap --adopt', () => {
  it('finds everything from the service alone, and prints a section that environment.yaml takes', async () => {
    const { section, refused, problems } = await adopt()
    expect({ refused, problems }).toEqual({ refused: [], problems: [] })
    expect(section).toEqual({
      network: {
        vpcId: 'vpc-1',
        publicSubnets: ['subnet-1', 'subnet-2'],
        taskSubnets: ['subnet-3', 'subnet-4'],
        taskAddresses: 'private',
        databaseSubnets: ['subnet-5', 'subnet-6'],
        cacheSubnets: ['subnet-5', 'subnet-6'],
        groups: { loadBalancer: 'sg-1', task: 'sg-2' },
      },
      cluster: 'shop',
      loadBalancer: {
        arn: balancerArn,
        dnsName: 'shop.elb.example.com',
        hostedZoneId: 'Z35',
        productionListener: listenerArn,
        firstPriority: 13,
      },
      services: { registry: { name: 'shop-web', targetGroup: groupArn, productionRule: ruleArn } },
    })
  })

  it('only reads', async () => {
    asked.length = 0
    await adopt()
    expect(asked.filter((call) => !/ (?:describe|get)-/.test(call))).toEqual([])
  })

  it.each<[what: string, answers: Answers, reason: RegExp]>([
    ['CodeDeploy', withService({ deploymentController: { type: 'CODE_DEPLOY' } }), /controlled by CODE_DEPLOY/],
    [
      'another stack',
      withService({ tags: [{ key: 'aws:cloudformation:stack-name', value: 'old' }] }),
      /stack old owns it/,
    ],
    ['servers of its own', withService({ launchType: 'EC2' }), /runs on EC2/],
    ['no traffic', withService({ loadBalancers: [] }), /no target group/],
    [
      'another port',
      withService({ loadBalancers: [{ targetGroupArn: groupArn, containerName: 'registry', containerPort: 80 }] }),
      /goes to registry:80, expected registry:8080/,
    ],
    [
      'another container',
      {
        ...account,
        'ecs describe-task-definition': {
          taskDefinition: { networkMode: 'awsvpc', containerDefinitions: [{ name: 'web' }] },
        },
      },
      /no container is called registry \(web\)/,
    ],
    [
      'traffic by a default action',
      {
        ...account,
        'elbv2 describe-rules': {
          Rules: [{ RuleArn: ruleArn, Priority: 'default', Actions: [{ TargetGroupArn: groupArn }] }],
        },
      },
      /default action leads to it/,
    ],
  ])('refuses a service with %s, says why, and adopts the rest', async (_, answers, reason) => {
    const { section, refused } = await adopt(answers, { loadBalancer: 'shop' })
    expect(refused.map((one) => `${one.what}: ${one.reason}`).join('\n')).toMatch(reason)
    expect(section.services).toBeUndefined()
    expect(section.cluster).toBe('shop')
    expect(section.network).toBeDefined()
  })

  it('says what could not be read, and never takes it for not being there', async () => {
    const { section, refused, problems } = await adopt((call) => (call.startsWith('ec2') ? undefined : account[call]))
    expect(refused).toEqual([
      { what: 'network', reason: expect.stringMatching(/^aws ec2 describe-subnets: .*AccessDenied/) },
    ])
    expect(section.network).toBeUndefined()
    // A load balancer without its network is no section that environment.yaml would take.
    expect(problems.join('\n')).toMatch(/network.groups.loadBalancer/)
  })

  it.each<[string, Partial<AdoptOptions>, RegExp]>([
    ['another region', { region: 'eu-west-1' }, /--region: expected one of us-east-1/],
    ['an unknown service', { services: ['shop'] }, /--service: .*out of registry, found shop/],
    ['nothing at all', { cluster: undefined, services: [] }, /expected ids of what exists .* prod adopts nothing/],
  ])('refuses %s', async (_, changes, message) => {
    await expect(adopt(account, changes)).rejects.toThrow(message)
  })

  it('refuses credentials of another account: its ids would be believed', async () => {
    const other = answering(account, '111111111111')
    await expect(runAdopt(other, state, options)).rejects.toThrow(/of the account 222222222222, found 111111111111/)
  })

  it('prints YAML with everything else as comments, what is never adopted among them', async () => {
    const lines = describeAdoption(await adopt(withService({ launchType: 'EC2' }))).split('\n')
    expect(lines).toContain('adopt:')
    expect(lines).toContain('  us-east-1:')
    expect(lines.join('\n')).toMatch(/# not adopted:\n# {3}service registry: it runs on EC2/)
    expect(lines.join('\n')).toMatch(/# never adopted:\n# {3}databases: /)
  })

  it('reads again what environment.yaml adopts when no id is given', async () => {
    const { section } = await adopt()
    const prod = state.environments['prod']
    if (!prod) throw new Error('this repository has a prod')
    const adopted = { ...prod, environment: { ...prod.environment, adopt: { 'us-east-1': section as never } } }
    const again = { ...state, environments: { prod: adopted } }
    const none = { ...options, cluster: undefined, services: [] }
    expect((await runAdopt(answering(account), again, none)).section).toEqual(section)
  })
})
