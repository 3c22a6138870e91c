import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '@sluice/core/failure'
import { desiredState } from '../desired-state.ts'
import { stacksOf, type Stack } from '../templates.ts'

const elb = (kind: string) => `arn:aws:elasticloadbalancing:us-east-1:222222222222:${kind}`
const network = {
  vpcId: 'vpc-1',
  publicSubnets: ['subnet-1', 'subnet-2'],
  taskSubnets: ['subnet-3', 'subnet-4'],
  taskAddresses: 'private',
  databaseSubnets: ['subnet-5', 'subnet-6'],
  cacheSubnets: ['subnet-7', 'subnet-8'],
  groups: { loadBalancer: 'sg-1' },
}
const loadBalancer = {
  arn: elb('loadbalancer/app/old/1'),
  dnsName: 'old.elb.example.com',
  hostedZoneId: 'Z1',
  productionListener: elb('listener/app/old/1/2'),
  firstPriority: 40,
}
const service = {
  name: 'old-web',
  targetGroup: elb('targetgroup/old/3'),
  productionRule: elb('listener-rule/app/old/1/2/4'),
}

const adopting = (adopt: object) => {
  const stacks = stacksOf(desiredState({ prod: { adopt: JSON.stringify({ 'us-east-1': adopt }) } }))
  const stackOf = (part: string): Stack => {
    const found = stacks.get(`prod/sluice-prod-${part}.template.json`)
    if (!found) throw new Error(`prod has no part ${part}`)
    return found
  }
  const text = [...stacks].filter(([file]) => file.startsWith('prod/')).map(([, stack]) => stack.text)
  return { stackOf, text: text.join('\n') }
}
const typesOf = (stack: Stack) => new Set(stack.resources.map(({ type }) => type))
const imports = (text: string) => new Set([...text.matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(([, name]) => name))

describe('an adopted network', () => {
  const { stackOf, text } = adopting({ network })
  const stack = stackOf('network')

  it('is not made: no VPC, subnet, route, fence, endpoint or flow log', () => {
    const made = [...typesOf(stack)].filter((type) => type.startsWith('AWS::EC2::'))
    expect(made.sort()).toEqual([
      'AWS::EC2::SecurityGroup',
      'AWS::EC2::SecurityGroupEgress',
      'AWS::EC2::SecurityGroupIngress',
    ])
  })

  it('is exported under the names that the other stacks import, and every one of those is there', () => {
    expect(stack.exports.get('sluice-prod-vpc')).toBe('vpc-1')
    expect(stack.exports.get('sluice-prod-task-subnets')).toBe('subnet-3,subnet-4')
    expect(stack.exports.get('sluice-prod-private-subnets')).toBe('subnet-3,subnet-4')
    const exported = new Set(
      ['network', 'keys', 'service', 'data'].flatMap((part) => [...stackOf(part).exports.keys()]),
    )
    expect([...imports(text)].filter((name) => name != null && !exported.has(name))).toEqual([])
  })

  it('has as many subnets as it has: none is picked that is not there', () => {
    const picked = [...text.matchAll(/"Fn::Select":\[(\d+),\{"Fn::Split":\[",",\{"Fn::ImportValue":"([^"]+)"/g)]
    expect(picked.length).toBeGreaterThan(0)
    expect(picked.filter(([, index]) => Number(index) > 1).map(([, , name]) => name)).toEqual([])
  })

  it('lets an adopted group in at ours, and changes no rule of an adopted one', () => {
    expect(stack.get('LoadBalancerToTasks').properties).toMatchObject({ SourceSecurityGroupId: 'sg-1' })
    const touched = stack.resources.filter(({ properties }) => properties['GroupId'] === 'sg-1')
    expect(touched).toEqual([])
  })

  it('gives tasks no addresses of their own where a NAT leads out', () => {
    const ecsService = stackOf('service').get('Serviceregistry').properties
    expect(ecsService['NetworkConfiguration'].AwsvpcConfiguration.AssignPublicIp).toBe('DISABLED')
  })
})

describe('an adopted load balancer', () => {
  const stack = adopting({ network, loadBalancer }).stackOf('service')

  it('is not made; the test listener that it lacks is', () => {
    expect(typesOf(stack)).not.toContain('AWS::ElasticLoadBalancingV2::LoadBalancer')
    const listeners = stack.ofType('AWS::ElasticLoadBalancingV2::Listener')
    expect(listeners.map(({ properties }) => [properties['LoadBalancerArn'], properties['Port']])).toEqual([
      [loadBalancer.arn, 8080],
    ])
  })

  it('gets rules behind those that it has', () => {
    const [production] = stack
      .ofType('AWS::ElasticLoadBalancingV2::ListenerRule')
      .filter(({ properties }) => properties['ListenerArn'] === loadBalancer.productionListener)
    expect(production?.properties['Priority']).toBe(40)
  })

  it('is what alarms look at', () => {
    expect(stack.text).toContain('"Value":"app/old/1"')
  })
})

describe('an adopted cluster and service', () => {
  const { stackOf } = adopting({ network, loadBalancer, cluster: 'old', services: { registry: service } })
  const stack = stackOf('service')

  it('are not made; what the service lacks for a shift is: a second group, a rule of tests', () => {
    const types = typesOf(stack)
    expect(types).not.toContain('AWS::ECS::Cluster')
    expect(types).not.toContain('AWS::ECS::Service')
    expect(stack.ofType('AWS::ElasticLoadBalancingV2::TargetGroup')).toHaveLength(1)
    expect(stack.ofType('AWS::ElasticLoadBalancingV2::ListenerRule')).toHaveLength(1)
  })

  it('are what the task skeleton leads the releases to', () => {
    const skeleton = JSON.stringify(stack.get('Skeletonregistry').properties['Value'])
    expect(skeleton).toContain(service.targetGroup)
    expect(skeleton).toContain(service.productionRule)
  })

  it('are what is scaled, watched and allowed', () => {
    expect(stack.get('Scalingregistry').properties['ResourceId']).toBe('service/old/old-web')
    expect(stackOf('identity').text).toContain('arn:aws:ecs:us-east-1:222222222222:service/old/old-web')
    expect(stackOf('identity').text).not.toContain('service/sluice-prod/')
    expect(stackOf('observability').text).toContain('old-web')
  })
})

it('says everything that is wrong with what is adopted, with its file', () => {
  const wrong = () => adopting({ network, cluster: 'old', services: { shop: { name: 'shop' } } })
  expect(wrong).toThrow(ConfigurationError)
  expect(wrong).toThrow(/shop is no service of the environment/)
})
