import { Fn } from 'aws-cdk-lib'
import {
  CfnEIP,
  CfnInternetGateway,
  CfnNatGateway,
  CfnRoute,
  CfnRouteTable,
  CfnSubnet,
  CfnSubnetRouteTableAssociation,
  CfnVPCGatewayAttachment,
  type CfnVPC,
} from 'aws-cdk-lib/aws-ec2'
import type { Construct } from 'constructs'
import { subnetCidr, tiers, zones, type Tier } from '../topology/addresses.ts'
import type { Profile } from '../topology/profiles.ts'

/** A subnet with a route table of its own. */
export interface ZoneSubnet {
  readonly subnet: CfnSubnet
  readonly table: CfnRouteTable
}
export type Subnets = Readonly<Record<Tier, readonly ZoneSubnet[]>>

const anywhere = '0.0.0.0/0'

/** Four tiers over three zones. Only the public tier, and the private one behind a NAT, have a default route. */
export function addSubnets(scope: Construct, vpc: CfnVPC, region: string, nat: Profile['nat']): Subnets {
  const entries = tiers.map((tier) => [tier, zones.map((zone) => addSubnet(scope, vpc, region, tier, zone))] as const)
  const subnets = Object.fromEntries(entries) as unknown as Subnets
  const gateway = new CfnInternetGateway(scope, 'Internet')
  const attached = new CfnVPCGatewayAttachment(scope, 'InternetAttachment', {
    vpcId: vpc.ref,
    internetGatewayId: gateway.ref,
  })
  for (const [zone, { table }] of subnets.public.entries()) {
    new CfnRoute(scope, `public${zone}Out`, {
      routeTableId: table.ref,
      destinationCidrBlock: anywhere,
      gatewayId: gateway.ref,
    }).addResourceDependency(attached)
  }
  const gateways = addNatGateways(scope, subnets.public.slice(0, { none: 0, one: 1, 'per-zone': zones.length }[nat]))
  for (const [zone, { table }] of subnets.private.entries()) {
    const own = gateways[zone] ?? gateways[0]
    if (!own) continue
    new CfnRoute(scope, `private${zone}Out`, {
      routeTableId: table.ref,
      destinationCidrBlock: anywhere,
      natGatewayId: own.ref,
    })
  }
  return subnets
}

function addSubnet(scope: Construct, vpc: CfnVPC, region: string, tier: Tier, zone: number): ZoneSubnet {
  const subnet = new CfnSubnet(scope, `${tier}${zone}`, {
    vpcId: vpc.ref,
    cidrBlock: subnetCidr(region, tier, zone),
    // Picked while deploying: zone names written here would ask for a look-up, or differ from account to account.
    availabilityZone: Fn.select(zone, Fn.getAzs()),
    mapPublicIpOnLaunch: false,
    tags: [{ key: 'Name', value: `${tier}-${zone}` }],
  })
  const table = new CfnRouteTable(scope, `${tier}${zone}Routes`, { vpcId: vpc.ref })
  new CfnSubnetRouteTableAssociation(scope, `${tier}${zone}Association`, {
    subnetId: subnet.ref,
    routeTableId: table.ref,
  })
  return { subnet, table }
}

function addNatGateways(scope: Construct, publicSubnets: readonly ZoneSubnet[]): CfnNatGateway[] {
  return publicSubnets.map(({ subnet }, zone) => {
    const suffix = zone === 0 ? '' : zone
    const address = new CfnEIP(scope, `NatAddress${suffix}`, { domain: 'vpc' })
    return new CfnNatGateway(scope, `Nat${suffix}`, { subnetId: subnet.ref, allocationId: address.attrAllocationId })
  })
}
