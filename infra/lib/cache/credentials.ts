import { Fn, Stack } from 'aws-cdk-lib'
import { CfnUser, CfnUserGroup } from 'aws-cdk-lib/aws-elasticache'
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { names } from '@sluice/core/names'
import { keyAliasArn } from '../encryption/exports.ts'

/** The one user of the cache. */
export const cacheUser = 'registry'
/** Which secret `<service>.yaml` means by `registry/cache`: a REDIS_URL. */
export const cacheSecret = 'registry/cache'

const passwordName = (environment: string) => names.secret(environment, `${cacheSecret}-password`)

/** A reference to the cache's password, which CloudFormation resolves while deploying; by name, as in every region. */
export function passwordReference(environment: string): string {
  return `{{resolve:secretsmanager:${passwordName(environment)}:SecretString:password}}`
}

/** The password, made in the primary region; every other region has a replica under the same name. */
export function addPassword(
  scope: Construct,
  environment: string,
  keyArn: string,
  replicas: readonly string[],
): CfnSecret {
  const { partition, account } = Stack.of(scope)
  return new CfnSecret(scope, 'Password', {
    name: passwordName(environment),
    description: `Password of the cache of ${environment}`,
    kmsKeyId: keyArn,
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ username: cacheUser }),
      generateStringKey: 'password',
      // ElastiCache takes 16 to 128 characters.
      passwordLength: 64,
      excludePunctuation: true,
    },
    replicaRegions: replicas.map((region) => ({
      region,
      kmsKeyId: keyAliasArn({ partition, account, region }, environment, 'data'),
    })),
  })
}

/** Who may do what in the cache: one user, everything but what could end or empty the server. Without a `default` user nobody else gets in. */
export function addUsers(scope: Construct, environment: string, after: CfnSecret | undefined): CfnUserGroup {
  const user = new CfnUser(scope, 'User', {
    engine: 'valkey',
    userId: `${names.cache(environment)}-${cacheUser}`,
    userName: cacheUser,
    accessString: 'on ~* &* +@all -@dangerous',
    authenticationMode: { Type: 'password', Passwords: [passwordReference(environment)] },
  })
  if (after) user.addResourceDependency(after)
  return new CfnUserGroup(scope, 'Users', {
    engine: 'valkey',
    userGroupId: names.cache(environment),
    userIds: [user.ref],
  })
}

/** What tasks may get as REDIS_URL. */
export function addCacheUrl(
  scope: Construct,
  environment: string,
  keyArn: string,
  host: string,
  after: CfnUserGroup,
): void {
  const url = new CfnSecret(scope, 'Url', {
    name: names.secret(environment, cacheSecret),
    description: `Where the cache of ${environment} is, with the password`,
    kmsKeyId: keyArn,
    secretString: Fn.join('', [`rediss://${cacheUser}:${passwordReference(environment)}@`, host, ':6379']),
  })
  url.addResourceDependency(after)
}
