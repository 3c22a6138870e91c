import { CfnVPCEndpoint } from 'aws-cdk-lib/aws-ec2'
import type { Construct } from 'constructs'
import type { Profile } from '../topology/profiles.ts'
import type { Subnets } from './subnets.ts'

/**
 * Ways to AWS that do not leave the network: S3 (where image layers come from) and DynamoDB by gateway, which is free; the
 * profile's others by interface, which bill by the hour and zone.
 */
export function addEndpoints(
  scope: Construct,
  place: { readonly vpcId: string; readonly region: string; readonly groupId: string },
  subnets: Subnets,
  { endpoints, zones }: Pick<Profile, 'endpoints' | 'zones'>,
): void {
  const { vpcId, region, groupId } = place
  const serviceName = (service: string) => `com.amazonaws.${region}.${service}`
  for (const service of ['s3', 'dynamodb']) {
    new CfnVPCEndpoint(scope, `Endpoint-${service}`, {
      vpcId,
      serviceName: serviceName(service),
      vpcEndpointType: 'Gateway',
      routeTableIds: [...subnets.public, ...subnets.private].map(({ table }) => table.ref),
    })
  }
  for (const service of endpoints) {
    new CfnVPCEndpoint(scope, `Endpoint-${service}`, {
      vpcId,
      serviceName: serviceName(service),
      vpcEndpointType: 'Interface',
      privateDnsEnabled: true,
      subnetIds: subnets.private.slice(0, zones).map(({ subnet }) => subnet.ref),
      securityGroupIds: [groupId],
    })
  }
}
