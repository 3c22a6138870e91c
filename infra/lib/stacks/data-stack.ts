import { Fn, Stack, type StackProps } from 'aws-cdk-lib'
import { CfnRole } from 'aws-cdk-lib/aws-iam'
import {
  CfnDBClusterParameterGroup,
  CfnDBParameterGroup,
  CfnDBSubnetGroup,
  CfnGlobalCluster,
} from 'aws-cdk-lib/aws-rds'
import type { Construct } from 'constructs'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'
import { addCluster, type ClusterRole } from '../data/cluster.ts'
import { addDatabaseUrls, databaseSecret } from '../data/database-urls.ts'
import { engineVersion, major, parameters, type Database, type DatabasePlace } from '../data/engine.ts'
import { addInstance } from '../data/instance.ts'
import { addPassword, addRotationGroup } from '../data/password.ts'
import { addProxy } from '../data/proxy.ts'
import { scaleReaders } from '../data/readers.ts'
import { rotatePasswords, type RotatedPassword } from '../data/rotation.ts'
import { addSlotTable } from '../data/slot-table.ts'
import { importKeyArn } from '../encryption/exports.ts'
import { networkExports } from '../network/exports.ts'
import { importList, subnetCounts } from '../network/tasks.ts'
import { profileOf, type DatabaseProfile } from '../topology/profiles.ts'
import { isProtected } from '../topology/protection.ts'
import { isPrimary, regionsOf } from '../topology/regions.ts'
import { shardHomes } from '../topology/shards.ts'

type AuroraProfile = Extract<DatabaseProfile, { kind: 'aurora' }>

/**
 * The databases of one region, and the table of slots for all of them. The primary region has the writers; other regions have
 * members of the same Global Databases, without a writer until they take over: they read, and refuse writes.
 */
export class DataStack extends Stack {
  readonly #environment: EnvironmentState

  constructor(scope: Construct, id: string, props: StackProps, environment: EnvironmentState) {
    super(scope, id, props)
    this.#environment = environment
    const { name, environment: desired } = environment
    const { database, flowLogs } = profileOf(desired)
    const network = networkExports(name)
    const keyArn = importKeyArn(name, 'data')
    const description = `Databases of ${name}`
    const place: DatabasePlace = {
      keyArn,
      subnetGroupName: new CfnDBSubnetGroup(this, 'Subnets', {
        dbSubnetGroupDescription: description,
        subnetIds: importList(network.databaseSubnets, subnetCounts(environment, this.region).database),
      }).ref,
      parameterGroupName:
        database.kind === 'instance'
          ? new CfnDBParameterGroup(this, 'Parameters', { description, family: `postgres${major}`, parameters }).ref
          : new CfnDBClusterParameterGroup(this, 'Parameters', {
              description,
              family: `aurora-postgresql${major}`,
              parameters,
            }).ref,
      securityGroupId: Fn.importValue(network.databaseGroup),
      isProtected: isProtected(environment),
      logDays: flowLogs.retentionDays,
    }
    const databases =
      database.kind === 'instance'
        ? [addInstance(this, names.databaseCluster(name, 0), place, database)]
        : this.#addClusters(place, database)
    addDatabaseUrls(this, name, keyArn, databases)
    if (isPrimary(environment, this.region)) addSlotTable(this, name, desired.regions, place.isProtected)
  }

  #addClusters(place: DatabasePlace, database: AuroraProfile): Database[] {
    const { replicas } = regionsOf(this.#environment)
    const monitoring = new CfnRole(this, 'Monitoring', {
      assumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'monitoring.rds.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': this.account } },
          },
        ],
      },
      managedPolicyArns: [`arn:${this.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole`],
    })
    const own = { ...place, monitoringRoleArn: monitoring.attrArn }
    const homes = shardHomes(this.#environment.environment)
    if (!isPrimary(this.#environment, this.region))
      return homes.map(({ cluster }) => this.#addSecondary(cluster, own, database))
    if (replicas.length === 0) return homes.map(({ cluster }) => this.#addAlone(cluster, own, database))
    const { name } = this.#environment
    const network = networkExports(name)
    const rotationGroup = addRotationGroup(this, {
      vpcId: Fn.importValue(network.vpc),
      databaseGroupId: place.securityGroupId,
      endpointGroupId: Fn.importValue(network.endpointGroup),
    })
    const made = homes.map(({ cluster }) => this.#addPrimary(cluster, own, database))
    rotatePasswords(
      this,
      made.map(({ rotated }) => rotated),
      {
        environment: name,
        keyArn: place.keyArn,
        subnets: importList(network.privateSubnets, subnetCounts(this.#environment, this.region).private),
        securityGroupId: rotationGroup.ref,
        logDays: place.logDays,
      },
    )
    return made.map(({ found }) => found)
  }

  #add(cluster: number, place: Parameters<typeof addCluster>[3], role: ClusterRole, database: AuroraProfile) {
    const identifier = names.databaseCluster(this.#environment.name, cluster)
    return addCluster(this, `Cluster${cluster}`, identifier, place, role, database)
  }

  #addAlone(index: number, place: Parameters<typeof addCluster>[3], database: AuroraProfile): Database {
    const made = this.#add(index, place, { kind: 'alone' }, database)
    scaleReaders(this, `Cluster${index}`, made, database.readers)
    const secretArn = made.cluster.attrMasterUserSecretSecretArn
    return { host: this.#hostOf(index, made, secretArn, place.keyArn), secretId: secretArn }
  }

  #addPrimary(
    index: number,
    place: Parameters<typeof addCluster>[3],
    database: AuroraProfile,
  ): { readonly found: Database; readonly rotated: RotatedPassword } {
    const { name } = this.#environment
    const id = `Cluster${index}`
    const secretName = passwordName(name, index)
    const { secret, reference } = addPassword(this, id, {
      name: secretName,
      environment: name,
      keyArn: place.keyArn,
      replicas: regionsOf(this.#environment).replicas,
    })
    const global = new CfnGlobalCluster(this, `${id}Global`, {
      globalClusterIdentifier: names.globalDatabase(name, index),
      engine: 'aurora-postgresql',
      engineVersion,
      storageEncrypted: true,
      deletionProtection: place.isProtected,
    })
    const role = { kind: 'primary', globalIdentifier: global.ref, password: reference } as const
    const made = this.#add(index, place, role, database)
    scaleReaders(this, id, made, database.readers)
    const host = this.#hostOf(index, made, secret.ref, place.keyArn)
    return { found: { host, secretId: secretName }, rotated: { id, secret, cluster: made.cluster } }
  }

  #addSecondary(index: number, place: Parameters<typeof addCluster>[3], database: AuroraProfile): Database {
    const { name } = this.#environment
    const { primary } = regionsOf(this.#environment)
    const globalIdentifier = names.globalDatabase(name, index)
    const { cluster } = this.#add(
      index,
      place,
      { kind: 'secondary', globalIdentifier, sourceRegion: primary },
      database,
    )
    // The one instance is the only reader, and the writer after a takeover: this address leads to it through both.
    return { host: cluster.attrReadEndpointAddress, secretId: passwordName(name, index) }
  }

  #hostOf(index: number, made: ReturnType<typeof addCluster>, secretArn: string, keyArn: string): string {
    const { name, environment } = this.#environment
    if (!profileOf(environment).databaseProxy) return made.cluster.attrEndpointAddress
    const network = networkExports(name)
    return addProxy(this, `Cluster${index}`, names.databaseCluster(name, index), made, {
      secretArn,
      keyArn,
      subnets: importList(network.databaseSubnets, subnetCounts(this.#environment, this.region).database),
      securityGroupId: Fn.importValue(network.databaseProxyGroup),
    })
  }
}

/** The name of a Global Database's password: the same in every region, where its replicas are found by it. */
function passwordName(environment: string, cluster: number): string {
  return names.secret(environment, `${databaseSecret}-${cluster}`)
}
