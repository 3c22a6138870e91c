import { CfnServerlessCache } from 'aws-cdk-lib/aws-elasticache'
import type { Construct } from 'constructs'
import { names } from '@sluice/core/names'
import type { CacheProfile } from '../topology/profiles.ts'
import type { CachePlace } from './nodes.ts'

/** A cache that bills by what it holds and does, with limits so that a mistake stays cheap. TLS always. Gives its host. */
export function addServerless(
  scope: Construct,
  { environment, keyArn, subnets, securityGroupId, userGroupId }: CachePlace,
  { maximumGb, maximumEcpuPerSecond }: Extract<CacheProfile, { kind: 'serverless' }>,
): string {
  const cache = new CfnServerlessCache(scope, 'Cache', {
    serverlessCacheName: names.cache(environment),
    description: `Cache of ${environment}`,
    engine: 'valkey',
    majorEngineVersion: '8',
    kmsKeyId: keyArn,
    // At most three: one a zone (AWS: CreateServerlessCache).
    subnetIds: subnets,
    securityGroupIds: [securityGroupId],
    userGroupId,
    cacheUsageLimits: {
      dataStorage: { maximum: maximumGb, unit: 'GB' },
      ecpuPerSecond: { maximum: maximumEcpuPerSecond },
    },
  })
  return cache.attrEndpointAddress
}
