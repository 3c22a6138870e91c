import { Fn } from 'aws-cdk-lib'
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { names } from '@sluice/core/names'
import { databasePort } from '../network/groups.ts'
import { databaseName, masterUsername, type Database } from './engine.ts'

/** Which secret `<service>.yaml` means by `registry/database`. */
export const databaseSecret = 'registry/database'

/**
 * What tasks get as DATABASE_URLS: one URL a cluster, in the order of the clusters, without a password. `secret` names where the
 * password is kept; the workload reads it when it connects, so that a rotation asks for no new task (docs/adr/0005).
 */
export function addDatabaseUrls(
  scope: Construct,
  environment: string,
  keyArn: string,
  databases: readonly Database[],
): CfnSecret {
  const urls = databases.map(({ host, secretId }) =>
    Fn.join('', [`postgresql://${masterUsername}@`, host, `:${databasePort}/${databaseName}?secret=`, secretId]),
  )
  return new CfnSecret(scope, 'DatabaseUrls', {
    name: names.secret(environment, databaseSecret),
    description: `Where the databases of ${environment} are: PostgreSQL URLs, comma separated, without passwords`,
    kmsKeyId: keyArn,
    secretString: Fn.join(',', urls),
  })
}
