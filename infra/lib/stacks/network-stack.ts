import { CfnOutput, Fn, Stack, type StackProps } from 'aws-cdk-lib'
import {
  CfnEIP,
  CfnInternetGateway,
  CfnNatGateway,
  CfnRoute,
  CfnRouteTable,
  CfnSecurityGroup,
  CfnSecurityGroupIngress,
  CfnSubnet,
  CfnSubnetRouteTableAssociation,
  CfnVPC,
  CfnVPCGatewayAttachment,
} from 'aws-cdk-lib/aws-ec2'
import type { Construct } from 'constructs'
import type { EnvironmentState } from '@sluice/core/environment/read'

/** One /16 a region, so that regions can be joined later without an overlap. */
const blocks: Readonly<Record<string, number>> = {
  'us-east-1': 0,
  'us-west-2': 1,
  'eu-west-1': 2,
  'eu-central-1': 3,
  'ap-southeast-1': 4,
  'ap-northeast-1': 5,
}

/** Every tier has one subnet in each of these zones, in this order. */
export const zones = [0, 1, 2] as const
type Tier = 'public' | 'private' | 'database'
const tiers: Readonly<Record<Tier, number>> = { public: 0, private: 16, database: 32 }

/** Names under which a network's parts are exported to the other stacks of its environment. */
export const networkExports = (environment: string) => ({
  vpc: `sluice-${environment}-vpc`,
  publicSubnets: `sluice-${environment}-public-subnets`,
  privateSubnets: `sluice-${environment}-private-subnets`,
  loadBalancerGroup: `sluice-${environment}-load-balancer-group`,
  taskGroup: `sluice-${environment}-task-group`,
})

/** VPC over three zones; tasks reach out through one NAT, data subnets have no way out; security groups name each other. */
export class NetworkStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps, environment: EnvironmentState) {
    super(scope, id, props)
    const block = blocks[this.region]
    if (block == null) throw new Error(`no address block for ${this.region}: add one to the table in network-stack.ts`)
    const vpc = new CfnVPC(this, 'Vpc', {
      cidrBlock: `10.${block}.0.0/16`,
      enableDnsHostnames: true,
      enableDnsSupport: true,
    })
    const gateway = new CfnInternetGateway(this, 'Internet')
    const attached = new CfnVPCGatewayAttachment(this, 'InternetAttachment', {
      vpcId: vpc.ref,
      internetGatewayId: gateway.ref,
    })

    const subnets = (tier: Tier) =>
      zones.map((zone) => {
        const subnet = new CfnSubnet(this, `${tier}${zone}`, {
          vpcId: vpc.ref,
          cidrBlock: `10.${block}.${tiers[tier] + zone}.0/24`,
          availabilityZone: Fn.select(zone, Fn.getAzs()),
          mapPublicIpOnLaunch: false,
        })
        const table = new CfnRouteTable(this, `${tier}${zone}Routes`, { vpcId: vpc.ref })
        new CfnSubnetRouteTableAssociation(this, `${tier}${zone}Association`, {
          subnetId: subnet.ref,
          routeTableId: table.ref,
        })
        return { subnet, table }
      })
    const publicTier = subnets('public')
    const privateTier = subnets('private')
    subnets('database')
    for (const [zone, { table }] of publicTier.entries()) {
      new CfnRoute(this, `public${zone}Out`, {
        routeTableId: table.ref,
        destinationCidrBlock: '0.0.0.0/0',
        gatewayId: gateway.ref,
      }).addResourceDependency(attached)
    }
    const [firstPublic] = publicTier
    if (!firstPublic) throw new Error('a network has at least one zone')
    const address = new CfnEIP(this, 'NatAddress', { domain: 'vpc' })
    const nat = new CfnNatGateway(this, 'Nat', {
      subnetId: firstPublic.subnet.ref,
      allocationId: address.attrAllocationId,
    })
    for (const [zone, { table }] of privateTier.entries()) {
      new CfnRoute(this, `private${zone}Out`, {
        routeTableId: table.ref,
        destinationCidrBlock: '0.0.0.0/0',
        natGatewayId: nat.ref,
      })
    }

    const port = environment.environment.edge.certificateArn == null ? 80 : 443
    const loadBalancerGroup = new CfnSecurityGroup(this, 'LoadBalancerGroup', {
      vpcId: vpc.ref,
      groupDescription: 'The load balancer: open to clients on its production port',
      securityGroupIngress: [
        { ipProtocol: 'tcp', fromPort: port, toPort: port, cidrIp: '0.0.0.0/0', description: 'clients' },
      ],
    })
    const taskGroup = new CfnSecurityGroup(this, 'TaskGroup', {
      vpcId: vpc.ref,
      groupDescription: 'Tasks: open to the load balancer alone',
    })
    new CfnSecurityGroupIngress(this, 'LoadBalancerToTasks', {
      groupId: taskGroup.ref,
      ipProtocol: 'tcp',
      fromPort: 1024,
      toPort: 65_535,
      sourceSecurityGroupId: loadBalancerGroup.ref,
      description: 'requests and health checks',
    })

    const exported = networkExports(environment.name)
    const values = {
      vpc: vpc.ref,
      publicSubnets: Fn.join(
        ',',
        publicTier.map(({ subnet }) => subnet.ref),
      ),
      privateSubnets: Fn.join(
        ',',
        privateTier.map(({ subnet }) => subnet.ref),
      ),
      loadBalancerGroup: loadBalancerGroup.ref,
      taskGroup: taskGroup.ref,
    }
    for (const [key, value] of Object.entries(values)) {
      new CfnOutput(this, key, { value, exportName: exported[key as keyof typeof exported] })
    }
  }
}
