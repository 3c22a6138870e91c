import { certificateIn } from '@sluice/core/environment/certificates'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { profileOf } from '../topology/profiles.ts'

/** CloudFront takes certificates and firewalls of this region alone (CloudFront: "Requirements for using certificates"). */
export const distributionRegion = 'us-east-1'

/** Under which names clients find an environment's services. */
export interface Names {
  readonly domain: string
  readonly hostedZoneId: string
  /** Services of the kind `web`, by name. */
  readonly services: readonly string[]
}

/** The names of an environment's services; none without a domain, its zone and a service that anybody calls. */
export function namesOf({ environment, services }: EnvironmentState): Names | undefined {
  const { domain, hostedZoneId } = environment.edge
  const web = Object.entries(services).flatMap(([name, { kind }]) => (kind === 'web' ? [name] : []))
  return domain == null || hostedZoneId == null || web.length === 0
    ? undefined
    : { domain, hostedZoneId, services: web }
}

/** Whether clients reach an environment through CloudFront: its profile has it, and the environment has names and certificates. */
export function hasDistribution(state: EnvironmentState): boolean {
  const { environment } = state
  return (
    profileOf(environment).edge.distribution &&
    namesOf(state) != null &&
    certificateIn(environment.edge, distributionRegion) != null
  )
}

/** Where an environment needs a certificate: in every region, for its load balancer, and in CloudFront's for a distribution. */
export function certificateRegions(state: EnvironmentState): string[] {
  const { regions } = state.environment
  const isDistributed = profileOf(state.environment).edge.distribution && namesOf(state) != null
  return [...new Set([...regions, ...(isDistributed ? [distributionRegion] : [])])]
}

/** What clients call a service. */
export const serviceHost = ({ domain }: Pick<Names, 'domain'>, service: string): string => `${service}.${domain}`

/**
 * Names behind the public ones. `of` a region: its load balancer. `service`: one service there, for who checks its health. `reads`: the
 * region nearest to who asks; `spare`: for the same asker another one; `replicas`: the nearest that is not the primary; `writes`: the region with the writers, as the Region switch plans
 * say it; `writesBeside`: the same, as long as no plan before that of `replica` has moved them.
 */
export const originHosts = ({ domain }: Pick<Names, 'domain'>) => ({
  of: (region: string): string => `${region}.origin.${domain}`,
  service: (region: string, service: string): string => `${service}.${region}.origin.${domain}`,
  reads: `reads.origin.${domain}`,
  spare: `spare.origin.${domain}`,
  replicas: `replicas.origin.${domain}`,
  writes: `writes.origin.${domain}`,
  writesBeside: (replica: string): string => `${replica}.writes.origin.${domain}`,
})
