import { Fn, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { adoptionOf } from '@sluice/core/environment/adopt'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { hasDistribution, namesOf, originHosts, serviceHost } from '../edge/entry.ts'
import { entranceExports } from '../edge/exports.ts'
import { addFirewallLogs } from '../edge/firewall.ts'
import { addOriginGuard, addOriginSecrets } from '../edge/origin-guard.ts'
import { addAlias } from '../edge/records.ts'
import { importKeyArn } from '../encryption/exports.ts'
import { networkExports } from '../network/exports.ts'
import { isPrimary } from '../topology/regions.ts'

/**
 * The names under which one region's load balancer is found. Names over several regions, by nearness (edge stack) and by who writes
 * (recovery stack), lead to these; without a distribution and another region these are the services' public names. Behind a distribution,
 * a firewall lets in nobody else.
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
    if (hasDistribution(state)) this.#guard(state)
  }

  #guard(state: EnvironmentState): void {
    const { name, environment } = state
    const secrets = isPrimary(state, this.region)
      ? addOriginSecrets(this, name, importKeyArn(name, 'data'), environment.regions)
      : []
    // What is adopted may have other clients, and is not changed by a stack.
    if (adoptionOf(state, this.region)?.loadBalancer) return
    const guard = addOriginGuard(this, name, {
      loadBalancerArn: Fn.importValue(entranceExports(name).arn),
      testers: environment.edge.testers,
    })
    for (const secret of secrets) guard.addResourceDependency(secret)
    addFirewallLogs(this, `${name}-origin`, guard, Fn.importValue(networkExports(name).logsKeyArn))
  }
}
