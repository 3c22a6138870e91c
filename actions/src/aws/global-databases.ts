import { GetMetricDataCommand, type CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { DescribeGlobalClustersCommand, type RDSClient } from '@aws-sdk/client-rds'
import { names } from '@sluice/core/names'
import type { GlobalDatabases } from '@sluice/core/recovery/region-switch'

/** How far back a lag is still one of now. CloudWatch has it by the minute. */
const lagMinutes = 10

/** The Global Databases of an environment, asked in one region; the lag in that region first, where the replica stands. */
export function globalDatabases(environment: string, rds: RDSClient, cloudwatch: CloudWatchClient): GlobalDatabases {
  return {
    async writers(clusters) {
      const found = clusters.map(async (cluster) => {
        const GlobalClusterIdentifier = names.globalDatabase(environment, cluster)
        const { GlobalClusters } = await rds.send(new DescribeGlobalClustersCommand({ GlobalClusterIdentifier }))
        const [global] = GlobalClusters ?? []
        if (!global) throw new Error(`RDS has no Global Database ${GlobalClusterIdentifier}`)
        const writers = (global.GlobalClusterMembers ?? []).filter(({ IsWriter }) => IsWriter)
        // While it moves there may be an old writer that takes no writes any more.
        const isAtRest = global.Status === 'available' && global.FailoverState?.Status == null
        const region = writers.length === 1 ? writers[0]?.DBClusterArn?.split(':')[3] : undefined
        return [cluster, isAtRest ? region : undefined] as const
      })
      return new Map(await Promise.all(found))
    },
    async lag(clusters, until) {
      const found = await cloudwatch.send(
        new GetMetricDataCommand({
          StartTime: new Date(until.getTime() - lagMinutes * 60_000),
          EndTime: until,
          ScanBy: 'TimestampDescending',
          // Which dimensions there are beside the cluster depends on the region: a search finds the metric with all of them.
          MetricDataQueries: clusters.map((cluster) => ({
            Id: `lag_${cluster}`,
            Expression: `MAX(SEARCH('Namespace="AWS/RDS" MetricName="AuroraGlobalDBRPOLag" DBClusterIdentifier="${names.databaseCluster(environment, cluster)}"', 'Maximum', 60))`,
          })),
        }),
      )
      return new Map(
        clusters.map((cluster) => {
          const values = found.MetricDataResults?.find(({ Id }) => Id === `lag_${cluster}`)?.Values ?? []
          // Milliseconds; the worst of the last minutes.
          return [cluster, values.length === 0 ? undefined : Math.max(...values) / 1000] as const
        }),
      )
    },
  }
}
