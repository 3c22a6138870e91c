import { Fn, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { addCacheUrl, addPassword, addUsers } from '../cache/credentials.ts'
import { addNodes, type CachePlace } from '../cache/nodes.ts'
import { addServerless } from '../cache/serverless.ts'
import { importKeyArn } from '../encryption/exports.ts'
import { networkExports } from '../network/exports.ts'
import { importList, subnetCounts } from '../network/tasks.ts'
import { profileOf } from '../topology/profiles.ts'
import { isPrimary, regionsOf } from '../topology/regions.ts'

/**
 * The cache of one region, where the profile has one. Nothing is lost with it: the workload finds everything in its databases.
 * The plan leaves the part out for a profile without one.
 */
export class CacheStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps, environment: EnvironmentState) {
    super(scope, id, props)
    const { name } = environment
    const { cache } = profileOf(environment.environment)
    if (cache.kind === 'none') throw new Error(`${name} has no cache: its plan should have no cache stack`)
    const { primary, replicas } = regionsOf(environment)
    const keyArn = importKeyArn(name, 'data')
    const network = networkExports(name)
    const isJoined = cache.kind === 'nodes' && cache.global
    // Regions that share no cache share no password either.
    const ownsPassword = isPrimary(environment, this.region) || !isJoined
    const password = ownsPassword ? addPassword(this, name, keyArn, isJoined ? replicas : []) : undefined
    const users = addUsers(this, name, password)
    const place: CachePlace = {
      environment: name,
      keyArn,
      subnets: importList(network.cacheSubnets, subnetCounts(environment, this.region).cache),
      securityGroupId: Fn.importValue(network.cacheGroup),
      userGroupId: users.ref,
      region: this.region,
      primary,
      replicas,
    }
    const host = cache.kind === 'nodes' ? addNodes(this, place, cache) : addServerless(this, place, cache)
    addCacheUrl(this, name, keyArn, host, users)
  }
}
