import { Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { importKeyArn } from '../encryption/exports.ts'
import { addArtifactBucket, addLogBucket } from '../storage/artifacts.ts'
import { addReplication } from '../storage/replication.ts'
import { isPrimary, regionsOf } from '../topology/regions.ts'

/** The artifacts of one region. The primary replicates to the others, which therefore come first. */
export class StorageStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps, environment: EnvironmentState) {
    super(scope, id, props)
    const { name } = environment
    const { replicas } = regionsOf(environment)
    const keyArn = importKeyArn(name, 'artifacts')
    const logs = addLogBucket(this, name)
    const replicates = isPrimary(environment, this.region) && replicas.length > 0
    const replication = replicates ? addReplication(this, name, keyArn, replicas) : undefined
    addArtifactBucket(this, name, keyArn, logs, replication)
  }
}
