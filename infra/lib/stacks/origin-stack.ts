import { Fn, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { hasDistribution, namesOf, originHosts, serviceHost } from '../edge/entry.ts'
import { entranceExports } from '../edge/exports.ts'
import { addAlias } from '../edge/records.ts'

/**
 * The names under which one region's load balancer is found. Names over several regions, by nearness (edge stack) and by who writes
 * (recovery stack), lead to these; without a distribution and another region these are the services' public names.
 */
export class OriginStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps, state: EnvironmentState) {
    super(scope, id, props)
    const names = namesOf(state)
    if (!names) throw new Error(`${state.name} has no names: no origin stack is planned for it`)
    const exported = entranceExports(state.name)
    const loadBalancer = {
      dnsName: Fn.importValue(exported.host),
      hostedZoneId: Fn.importValue(exported.hostedZone),
    }
    const hosts = originHosts(names)
    addAlias(this, 'Origin', names, hosts.of(this.region), loadBalancer)
    const isAlone = state.environment.regions.length === 1 && !hasDistribution(state)
    for (const service of names.services) {
      addAlias(this, `Origin-${service}`, names, hosts.service(this.region, service), loadBalancer)
      if (isAlone) addAlias(this, `Public-${service}`, names, serviceHost(names, service), loadBalancer)
    }
  }
}
