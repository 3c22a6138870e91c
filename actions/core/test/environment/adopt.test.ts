import { describe, expect, it } from 'vitest'
import { adoptionProblems, adoptSchema } from '../../src/environment/adopt.ts'
import { clusterName, ecsServiceName } from '../../src/environment/ecs-names.ts'

const elb = (kind: string) => `arn:aws:elasticloadbalancing:us-east-1:222222222222:${kind}`
const network = {
  vpcId: 'vpc-1',
  publicSubnets: ['subnet-1', 'subnet-2'],
  taskSubnets: ['subnet-3', 'subnet-4'],
  taskAddresses: 'private',
  databaseSubnets: ['subnet-5', 'subnet-6'],
  cacheSubnets: ['subnet-5', 'subnet-6'],
  groups: { loadBalancer: 'sg-1' },
}
const loadBalancer = {
  arn: elb('loadbalancer/app/old/1'),
  dnsName: 'old.example.com',
  hostedZoneId: 'Z1',
  productionListener: elb('listener/app/old/1/2'),
}
const web = {
  name: 'old-web',
  targetGroup: elb('targetgroup/old/3'),
  productionRule: elb('listener-rule/app/old/1/2/4'),
}
const whole = { network, cluster: 'old', loadBalancer, services: { registry: web } }

const messagesOf = (region: object) => {
  const result = adoptSchema.safeParse({ 'us-east-1': region })
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('adopt', () => {
  it('takes a whole region, and a network alone', () => {
    expect(messagesOf(whole)).toEqual([])
    expect(messagesOf({ network })).toEqual([])
  })

  it.each([
    ['a service without its cluster', { ...whole, cluster: undefined }, /services.registry: expected cluster/],
    ['a service without its load balancer', { ...whole, loadBalancer: undefined }, /expected loadBalancer beside it/],
    [
      'a target group without its rule',
      { ...whole, services: { registry: { ...web, productionRule: undefined } } },
      /targetGroup and productionRule, or neither/,
    ],
    [
      'a load balancer without its group',
      { loadBalancer, network: { ...network, groups: {} } },
      /network.groups.loadBalancer/,
    ],
    ['an id of something else', { network: { ...network, vpcId: 'sg-1' } }, /vpcId: expected an id such as vpc-/],
    ['one subnet of databases', { network: { ...network, databaseSubnets: ['subnet-1'] } }, /databaseSubnets/],
    ['a cluster by its ARN', { cluster: 'arn:aws:ecs:us-east-1:2:cluster/old' }, /cluster: expected a name of ECS/],
  ])('refuses %s', (_, region, message) => {
    expect(messagesOf(region).join('\n')).toMatch(message)
  })
})

const environment = (adopt: object, regions = ['us-east-1']) => ({
  name: 'prod',
  environment: { regions, adopt: adoptSchema.parse(adopt) },
  services: { registry: { kind: 'web' as const }, mailer: { kind: 'worker' as const } },
})

describe('adoptionProblems', () => {
  const problemsOf = (adopt: object, regions?: string[]) =>
    adoptionProblems(environment(adopt, regions)).map(({ message }) => message)

  it('finds nothing wrong with a whole region', () => {
    expect(problemsOf({ 'us-east-1': whole })).toEqual([])
  })

  it.each([
    ['a region that the environment does not have', { 'eu-west-1': { network } }, /expected regions out of us-east-1/],
    ['a service that it does not have', { 'us-east-1': { ...whole, services: { shop: web } } }, /shop is no service/],
    ['a worker with traffic', { 'us-east-1': { ...whole, services: { mailer: web } } }, /expected no targetGroup/],
    [
      'a web service without',
      { 'us-east-1': { ...whole, services: { registry: { name: 'old' } } } },
      /expected targetGroup/,
    ],
  ])('reports %s', (_, adopt, message) => {
    expect(problemsOf(adopt).join('\n')).toMatch(message)
  })

  it('reports clusters and services that are called otherwise in another region', () => {
    const found = problemsOf({ 'us-east-1': whole, 'eu-west-1': { cluster: 'new' } }, ['us-east-1', 'eu-west-1'])
    expect(found.join('\n')).toMatch(/cluster of one name in every region, found old, new/)
    expect(found.join('\n')).toMatch(/registry under one name in every region, found old-web, none/)
  })
})

describe('the names of ECS', () => {
  it('are the adopted ones', () => {
    const adopted = environment({ 'us-east-1': whole })
    expect([clusterName(adopted), ecsServiceName(adopted, 'registry')]).toEqual(['old', 'old-web'])
  })

  it('are our own where nothing is adopted', () => {
    const own = { name: 'prod', environment: { regions: ['us-east-1'], adopt: undefined } }
    expect([clusterName(own), ecsServiceName(own, 'registry')]).toEqual(['sluice-prod', 'prod-registry'])
  })
})
