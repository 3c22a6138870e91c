import { ConfigurationError } from '@sluice/core/failure'

/**
 * One /16 a region, so that regions and what is peered with them can be joined without an overlap. Written once: a block never
 * changes hands, because no VPC can change its own.
 */
export const regionBlocks: Readonly<Record<string, number>> = {
  'us-east-1': 0,
  'us-west-2': 1,
  'eu-west-1': 2,
  'eu-central-1': 3,
  'ap-southeast-1': 4,
  'ap-northeast-1': 5,
  'us-east-2': 6,
  'us-west-1': 7,
  'eu-west-2': 8,
  'eu-north-1': 9,
  'ap-south-1': 10,
  'ap-southeast-2': 11,
  'ca-central-1': 12,
  'sa-east-1': 13,
}

/** Every region has subnets in three zones, whatever its profile uses: subnets are free, and renumbering is not. */
export const zones = [0, 1, 2] as const

/** Tiers by who may reach them: the Internet, the load balancer, tasks (databases), tasks (caches). */
export const tiers = ['public', 'private', 'database', 'cache'] as const
export type Tier = (typeof tiers)[number]

/** The VPC's block of a region. Throws a `ConfigurationError` for a region that has none. */
export function regionCidr(region: string): string {
  const block = regionBlocks[region]
  if (block == null) {
    throw new ConfigurationError(
      `expected a region with an address block (${Object.keys(regionBlocks).join(', ')}), found ${region}: add one to infra/lib/topology/addresses.ts`,
    )
  }
  return `10.${block}.0.0/16`
}

/**
 * A subnet's block: tiers are 16 blocks of /24 apart, so that a tier is one /20 and a rule can name all of its zones at once.
 */
export function subnetCidr(region: string, tier: Tier, zone: number): string {
  return regionCidr(region).replace('.0.0/16', `.${tiers.indexOf(tier) * 16 + zone}.0/24`)
}

/** All zones of a tier. */
export function tierCidr(region: string, tier: Tier): string {
  return regionCidr(region).replace('.0.0/16', `.${tiers.indexOf(tier) * 16}.0/20`)
}
