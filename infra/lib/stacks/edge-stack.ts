import { Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { certificateIn } from '@sluice/core/environment/certificates'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { addCachePolicy, addResponseHeaders } from '../edge/caching.ts'
import { addDistribution, distributionZone } from '../edge/distribution.ts'
import { distributionRegion, namesOf, serviceHost } from '../edge/entry.ts'
import { addFailover } from '../edge/failover.ts'
import { addFirewall, addFirewallLogs } from '../edge/firewall.ts'
import { addAccessLogs, addEdgeKey } from '../edge/logs.ts'
import { addNearness } from '../edge/nearness.ts'
import { addAlias } from '../edge/records.ts'
import { addTopic, topicArn } from '../service/notifications.ts'
import { profileOf } from '../topology/profiles.ts'

/**
 * What clients meet first, wherever they are: CloudFront, its firewall, the services' public names. It stands in us-east-1, where
 * CloudFront looks for certificates and firewalls; the origins' names, in every region, come before it.
 */
export class EdgeStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps, state: EnvironmentState) {
    super(scope, id, props)
    const { name, environment } = state
    const names = namesOf(state)
    const certificateArn = certificateIn(environment.edge, distributionRegion)
    if (!names || certificateArn == null)
      throw new Error(`${name} has no distribution: no edge stack is planned for it`)
    const { regions } = environment
    const key = addEdgeKey(this, name)
    const firewall = profileOf(environment).edge.firewall ? addFirewall(this, name) : undefined
    if (firewall) addFirewallLogs(this, name, firewall, key.attrArn)
    const hasSpare = regions.length > 1
    const distribution = addDistribution(this, names, {
      environment: name,
      regions,
      certificateArn,
      caching: addCachePolicy(this, name),
      headers: addResponseHeaders(this, name),
      firewall,
      failover: hasSpare ? addFailover(this, name) : undefined,
    })
    addAccessLogs(this, name, distribution, key.attrArn)
    if (hasSpare) {
      // An alarm tells topics of its own region alone, and Route 53's figures are in this one.
      const topic = regions.includes(this.region) ? topicArn(this, name) : addTopic(this, name, key.attrArn).ref
      addNearness(this, name, names, regions, topic)
    }
    const target = { dnsName: distribution.attrDomainName, hostedZoneId: distributionZone }
    for (const service of names.services) {
      for (const type of ['A', 'AAAA'] as const) {
        addAlias(this, `Public-${service}-${type}`, names, serviceHost(names, service), target, { type })
      }
    }
  }
}
