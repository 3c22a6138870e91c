import { taskSkeletonSchema } from '@sluice/core/task-skeleton'
import { describe, expect, it } from 'vitest'
import { desiredState } from '../desired-state.ts'
import { profileCases, profileState, stacksOf, type Stack, withCertificates } from '../templates.ts'
import { withServices } from './services.ts'

const file = 'prod/sluice-prod-service.template.json'
const stackOf = (state = desiredState()): Stack => {
  const found = stacksOf(state).get(file)
  if (!found) throw new Error(`there is no ${file}`)
  return found
}
const alone = stackOf()
const kinds = stackOf(withServices(desiredState(), { mailer: 'worker', report: 'job' }))
const containersOf = (stack: Stack, service: string) =>
  stack.get(`First${service}`).properties['ContainerDefinitions'] as Record<string, unknown>[]

describe('a web service', () => {
  it('writes the production rule with explicit weights, all on blue', () => {
    const [rule] = alone.ofType('AWS::ElasticLoadBalancingV2::ListenerRule')
    expect(rule?.properties['Actions'][0].ForwardConfig.TargetGroups).toEqual([
      { TargetGroupArn: { Ref: 'registryblue' }, Weight: 100 },
      { TargetGroupArn: { Ref: 'registrygreen' }, Weight: 0 },
    ])
  })

  it('has from two to ten tasks, by CPU and by memory, and never by requests, which blue/green cannot scale on', () => {
    const [target] = alone.ofType('AWS::ApplicationAutoScaling::ScalableTarget')
    expect(target?.properties).toMatchObject({ MinCapacity: 2, MaxCapacity: 10 })
    const policies = alone
      .ofType('AWS::ApplicationAutoScaling::ScalingPolicy')
      .map(({ properties }) => properties['TargetTrackingScalingPolicyConfiguration'])
    expect(policies.map((one) => [one.PredefinedMetricSpecification.PredefinedMetricType, one.TargetValue])).toEqual([
      ['ECSServiceAverageCPUUtilization', 70],
      ['ECSServiceAverageMemoryUtilization', 80],
    ])
  })

  it('keeps its logs for a year where the profile is one of production, whatever the environment is called', () => {
    const state = desiredState()
    const { prod, dev } = state.environments
    if (!prod || !dev) throw new Error('expected prod and dev')
    const environments = { live: { ...prod, name: 'live' }, trial: { ...dev, name: 'trial' } }
    const days = ['live', 'trial'].map((name) =>
      stacksOf({ ...state, environments })
        .get(`${name}/sluice-${name}-service.template.json`)
        ?.ofType('AWS::Logs::LogGroup')
        .map(({ properties }) => properties['RetentionInDays']),
    )
    expect(days).toEqual([[365], [30]])
  })

  it('has no proxy of Service Connect while it is alone', () => {
    expect(alone.ofType('AWS::ServiceDiscovery::HttpNamespace')).toEqual([])
    expect(alone.get('Serviceregistry').properties).not.toHaveProperty('ServiceConnectConfiguration')
  })

  it('is found by its name once there are others', () => {
    expect(kinds.get('Serviceregistry').properties['ServiceConnectConfiguration']).toMatchObject({
      Enabled: true,
      Services: [{ PortName: 'registry', ClientAliases: [{ DnsName: 'registry', Port: 8080 }] }],
    })
    expect(containersOf(kinds, 'registry')[0]?.['PortMappings']).toEqual([
      { ContainerPort: 8080, Protocol: 'tcp', Name: 'registry', AppProtocol: 'http' },
    ])
  })
})

describe('a worker', () => {
  it('has no load balancer, no port and no target groups, and finds the others', () => {
    const { properties } = kinds.get('Servicemailer')
    expect(properties).not.toHaveProperty('LoadBalancers')
    expect(properties).not.toHaveProperty('HealthCheckGracePeriodSeconds')
    expect(properties['ServiceConnectConfiguration']).not.toHaveProperty('Services')
    expect(containersOf(kinds, 'mailer')[0]?.['PortMappings']).toEqual([])
    expect(kinds.ofType('AWS::ElasticLoadBalancingV2::TargetGroup')).toHaveLength(2)
  })

  it('scales as any service does', () => {
    expect(kinds.get('Scalingmailer').properties).toMatchObject({ MinCapacity: 2, MaxCapacity: 10 })
  })
})

describe('a job', () => {
  it('has all that a task needs and no service', () => {
    for (const id of ['Logsreport', 'Executionreport', 'Taskreport', 'Skeletonreport', 'Firstreport']) kinds.get(id)
    expect(kinds.resources.map(({ logicalId }) => logicalId)).not.toContain('Servicereport')
    expect(kinds.resources.map(({ logicalId }) => logicalId)).not.toContain('Scalingreport')
  })
})

describe('secrets', () => {
  const task = {
    cpu: 256,
    memory: 512,
    env: {},
    secrets: { TOKEN: 'mail/token', LICENSE: '/license' },
  } as const
  const stack = stackOf(withServices(desiredState(), { mailer: 'worker' }, { task }))

  it('come from Secrets Manager by name, and from Parameter Store where the name is a path', () => {
    expect(containersOf(stack, 'mailer')[0]?.['Secrets']).toEqual([
      { Name: 'LICENSE', ValueFrom: 'arn:aws:ssm:us-east-1:222222222222:parameter/sluice/prod/license' },
      { Name: 'TOKEN', ValueFrom: 'arn:aws:secretsmanager:us-east-1:222222222222:secret:sluice/prod/mail/token' },
    ])
  })

  it('are all that the execution role reads, beside its image and its log group', () => {
    const [policy] = stack.get('Executionmailer').properties['Policies']
    const granted = JSON.stringify(policy.PolicyDocument.Statement)
    expect(granted).toContain('secret:sluice/prod/mail/token-??????')
    expect(granted).toContain('parameter/sluice/prod/license')
    expect(granted).toContain('log-group:/sluice/prod/mailer:*')
    expect(granted).not.toContain('registry/database')
  })

  it('of the databases are read by those alone who are given the databases', () => {
    expect(stack.get('Taskmailer').properties).not.toHaveProperty('Policies')
    expect(JSON.stringify(stack.get('Taskregistry').properties['Policies'])).toContain('registry/database-*')
  })
})

describe('with a certificate', () => {
  const stack = stackOf(profileState('production', `{ domain: example.com, ${withCertificates} }`))

  it('speaks TLS and sends plain requests there', () => {
    const listeners = stack.ofType('AWS::ElasticLoadBalancingV2::Listener').map(({ properties }) => properties)
    expect(listeners.map(({ Port, Protocol }) => `${Port} ${Protocol}`)).toEqual(['443 HTTPS', '8443 HTTPS', '80 HTTP'])
    expect(listeners[2]?.['DefaultActions']).toMatchObject([{ Type: 'redirect' }])
  })
})

describe.each(profileCases)('$profile', ({ profile }) => {
  const stack = stackOf(profileState(profile))

  it('encrypts logs and notifications with the key of the environment', () => {
    const key = { 'Fn::ImportValue': 'sluice-prod-logs-key' }
    expect(stack.get('Topic').properties['KmsMasterKeyId']).toEqual(key)
    for (const group of stack.ofType('AWS::Logs::LogGroup')) {
      expect(group.properties).toMatchObject({ KmsKeyId: key, RetentionInDays: 365 })
    }
  })

  it('publishes a skeleton that the actions read', () => {
    const text = JSON.stringify(stack.get('Skeletonregistry').properties['Value'])
    expect(text).toContain('loadBalancing')
    const { Value } = stack.get('Skeletonregistry').properties
    const joined = (Value['Fn::Join'][1] as unknown[]).map((part) => (typeof part === 'string' ? part : 'x')).join('')
    expect(() => taskSkeletonSchema.parse(JSON.parse(joined))).not.toThrow()
  })

  it('has the collector beside every task where the profile has one, and lets it trace', () => {
    const hasOne = profile === 'global'
    expect(containersOf(stack, 'registry').map(({ Name }) => Name)).toEqual(
      hasOne ? ['registry', 'collector'] : ['registry'],
    )
    expect(JSON.stringify(stack.get('Taskregistry').properties).includes('xray:PutTraceSegments')).toBe(hasOne)
    expect(stack.text.includes('CollectorImage')).toBe(hasOne)
  })

  it('runs on spare capacity where the profile does', () => {
    const [strategy] = stack.get('Serviceregistry').properties['CapacityProviderStrategy']
    expect(strategy.CapacityProvider).toBe(['free', 'dev'].includes(profile) ? 'FARGATE_SPOT' : 'FARGATE')
  })
})
