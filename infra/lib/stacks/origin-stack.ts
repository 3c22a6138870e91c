import { Fn, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { certificateIn } from '@sluice/core/environment/certificates'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { hasDistribution, namesOf, originHosts, serviceHost, type Names } from '../edge/entry.ts'
import { entranceExports } from '../edge/exports.ts'
import { addAlias, addHealthCheck, spareOf } from '../edge/records.ts'
import { regionsOf } from '../topology/regions.ts'

/**
 * The names under which one region's load balancer is found. Where there are several regions, a health check takes a dead one's names
 * out: by nearness for reads (`reads`, and `spare` for who fails over), the primary first for writes. Without a distribution these are
 * the services' public names.
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
    const here = { dnsName: hosts.of(this.region), hostedZoneId: names.hostedZoneId }
    addAlias(this, 'Origin', names, here.dnsName, loadBalancer)
    for (const service of names.services) {
      addAlias(this, `Origin-${service}`, names, hosts.service(this.region, service), loadBalancer)
    }
    const { regions } = state.environment
    if (regions.length > 1) this.#joinRegions(state, names)
    else if (!hasDistribution(state)) {
      for (const service of names.services) {
        addAlias(this, `Public-${service}`, names, serviceHost(names, service), loadBalancer)
      }
    }
  }

  #joinRegions(state: EnvironmentState, names: Names): void {
    const { regions, edge } = state.environment
    const { primary, replicas } = regionsOf(state)
    const hosts = originHosts(names)
    const here = { dnsName: hosts.of(this.region), hostedZoneId: names.hostedZoneId }
    const health = addHealthCheck(this, names, this.region, certificateIn(edge, this.region) != null)
    const healthCheckId = health.attrHealthCheckId
    const nearest = (id: string, name: string, region = this.region) =>
      addAlias(this, id, names, name, here, { region, setIdentifier: region, healthCheckId })
    if (!hasDistribution(state)) {
      for (const service of names.services) nearest(`Public-${service}`, serviceHost(names, service))
      return
    }
    nearest('Reads', hosts.reads)
    // Whoever is nearest to `region` is led here when `region` does not answer.
    for (const region of regions.filter((one) => spareOf(regions, one) === this.region)) {
      nearest(`Spare-${region}`, hosts.spare, region)
    }
    if (replicas.includes(this.region)) nearest('Replicas', hosts.replicas)
    if (this.region === primary) {
      addAlias(this, 'Writes', names, hosts.writes, here, {
        failover: 'PRIMARY',
        setIdentifier: 'primary',
        healthCheckId,
      })
    }
  }
}
