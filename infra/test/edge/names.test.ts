import { describe, expect, it } from 'vitest'
import { spareOf } from '../../lib/edge/records.ts'
import { profileState, stacksOf, type Resource } from '../templates.ts'
import { edge, regions, origins, stackOf, distribution, records, named, pairs } from './whole-edge.ts'

describe('names', () => {
  it('lead somewhere: every alias and origin is a record of the zone, in a stack that comes before', () => {
    const known = new Set([...records, ...pairs.flat()].map(({ Name }) => Name))
    const targets = [
      ...records.map(({ AliasTarget }) => AliasTarget.DNSName).filter((name) => typeof name === 'string'),
      ...pairs.flat().flatMap(({ ResourceRecords }) => ResourceRecords),
    ]
    expect(targets.length).toBeGreaterThan(regions.length)
    for (const name of targets) expect(known).toContain(name)
    for (const { DomainName } of distribution.Origins) expect(known).toContain(DomainName)
    expect(named('registry').map(({ AliasTarget }) => AliasTarget.HostedZoneId)).toEqual(['Z2FDTNDATAQYW2'])
  })

  it('of reads are near to who asks, one a region, and out when the region is not healthy', () => {
    const reads = named('reads.origin')
    expect(reads.map(({ Region }) => Region)).toEqual(regions)
    for (const { Region, AliasTarget, HealthCheckId } of reads) {
      expect(AliasTarget.DNSName).toBe(`${Region}.origin.example.com`)
      expect(HealthCheckId).toBeDefined()
    }
  })

  it('of the spare never lead to the region whose spare they are', () => {
    const spare = named('spare.origin')
    expect(new Set(spare.map(({ Region }) => Region))).toEqual(new Set(regions))
    expect(spare).toHaveLength(regions.length)
    for (const { Region, AliasTarget } of spare) {
      expect(AliasTarget.DNSName).toBe(`${spareOf(regions, Region)}.origin.example.com`)
      expect(AliasTarget.DNSName).not.toContain(Region)
    }
  })

  it('of writes are one pair a plan: each plan turns its own, and the next is asked while it has not', () => {
    const [outer, inner] = pairs
      .map((pair) =>
        pair.map(({ Name, Type, Failover, SetIdentifier, ResourceRecords }: Resource['properties']) => [
          Name,
          Type,
          Failover,
          SetIdentifier,
          ResourceRecords,
        ]),
      )
      .toReversed()
    expect(pairs).toHaveLength(2)
    expect(outer).toEqual([
      ['writes.origin.example.com', 'CNAME', 'PRIMARY', 'us-east-1', ['eu-west-1.writes.origin.example.com']],
      ['writes.origin.example.com', 'CNAME', 'SECONDARY', 'us-west-2', ['us-west-2.origin.example.com']],
    ])
    expect(inner).toEqual([
      ['eu-west-1.writes.origin.example.com', 'CNAME', 'PRIMARY', 'us-east-1', ['us-east-1.origin.example.com']],
      ['eu-west-1.writes.origin.example.com', 'CNAME', 'SECONDARY', 'eu-west-1', ['eu-west-1.origin.example.com']],
    ])
  })

  it('of each region are what its health check asks for, and what its listener answers to', () => {
    for (const [region, stack] of origins) {
      const host = `registry.${region}.origin.example.com`
      const check = edge.get(`Health${region.replaceAll('-', '')}registry`)
      expect(check.properties['HealthCheckConfig']).toMatchObject({
        Type: 'HTTPS',
        FullyQualifiedDomainName: host,
        ResourcePath: '/health/ready',
      })
      const service = stackOf(stack.file.replace('-origin', '-service'))
      expect(service.get('registryproduction').properties['Conditions']).toMatchObject([
        { HostHeaderConfig: { Values: ['registry.example.com', host] } },
      ])
    }
  })

  it('without a distribution are the load balancer’s own, and the name for writes where there are several regions', () => {
    const text = '{ domain: example.com, hostedZoneId: Z1 }'
    const one = stacksOf(profileState('dev', text)).get('prod/sluice-prod-origin.template.json')
    expect(one?.get('Publicregistry').properties).toMatchObject({ Name: 'registry.example.com', Type: 'A' })
    const many = stacksOf(profileState('global', text)).get('prod/sluice-prod-recovery.template.json')
    expect(many?.get('Publicregistry').properties).toMatchObject({
      Name: 'registry.example.com',
      Type: 'CNAME',
      ResourceRecords: ['writes.origin.example.com'],
    })
  })

  it('of what people learn of a lost region by: an alarm on each health check', () => {
    for (const { properties } of edge.ofType('AWS::CloudWatch::Alarm')) {
      expect(properties).toMatchObject({
        Namespace: 'AWS/Route53',
        MetricName: 'HealthCheckStatus',
        ComparisonOperator: 'LessThanThreshold',
        Threshold: 1,
        TreatMissingData: 'breaching',
      })
      expect(JSON.stringify(properties['AlarmActions'])).toContain('sluice-prod')
    }
  })
})
