/** One major version everywhere, so that a shard can move from an instance to a cluster by dump and restore. */
export const major = '17'
/** Written out: `17` alone would let every region pick its own minor version, and a Global Database wants them equal. */
export const engineVersion = '17.7'

export const databaseName = 'registry'
/** The master user of every cluster. Its password is Secrets Manager's, never a template's. */
export const masterUsername = 'registry'

/** Two weeks, so that damage which is found after a holiday can still be undone. */
export const backupDays = 14

/** Refuses connections without TLS; statements slower than a second are logged. */
export const parameters = { 'rds.force_ssl': '1', log_min_duration_statement: '1000' }

/** Where a database is and where its password is kept: an ARN, or a name in regions where the ARN is not known. */
export interface Database {
  readonly host: string
  readonly secretId: string
}

/** What every database of a stack shares. */
export interface DatabasePlace {
  readonly keyArn: string
  readonly subnetGroupName: string
  readonly parameterGroupName: string
  readonly securityGroupId: string
  readonly isProtected: boolean
  readonly logDays: number
}
