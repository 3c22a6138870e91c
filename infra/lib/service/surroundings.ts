import { Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { EnvironmentState } from '@sluice/core/environment/read'
import type { Service } from '@sluice/core/environment/service'
import { names } from '@sluice/core/names'
import type { TaskSkeleton } from '@sluice/core/task-skeleton'
import { cacheSecret } from '../cache/credentials.ts'
import { databaseSecret } from '../data/database-urls.ts'
import { hasDistribution } from '../edge/entry.ts'
import { collectorEndpoint, hasCollector } from '../observability/collector.ts'
import { artifactPrefix } from '../storage/artifacts.ts'
import { profileOf } from '../topology/profiles.ts'

/** What a task is told of the infrastructure around it: the skeleton's own sections. */
export type Surroundings = Pick<TaskSkeleton, 'environment' | 'secrets' | 'sideCarEnvironment'>

/**
 * Whether a service works with the environment's data: its team has given it the databases. The table of slots, the artifacts and the
 * cache belong to what stands in them, so whoever has the one has all, and nobody else is told of any.
 */
export const usesData = ({ task }: Pick<Service, 'task'>): boolean =>
  Object.values(task.secrets).includes(databaseSecret)

/**
 * What only infra can know of a service's surroundings in one region, under the names that the workload reads (app/README.md). Nothing
 * here is a secret: those are named, and ECS reads them.
 */
export function surroundings(
  scope: Construct,
  found: EnvironmentState,
  name: string,
  service: Pick<Service, 'kind' | 'task'>,
): Surroundings {
  const { account, region } = Stack.of(scope)
  const { cache } = profileOf(found.environment)
  const hasCache = usesData(service) && cache.kind !== 'none'
  const environment = {
    AWS_REGION: region,
    // Who sends a request is what the outermost of them saw: CloudFront, or the load balancer where there is none.
    ...(service.kind === 'web' ? { TRUSTED_PROXIES: hasDistribution(found) ? '2' : '1' } : {}),
    ...(usesData(service)
      ? {
          SLOT_TABLE: names.slotTable(found.name),
          ARTIFACTS: `s3://${names.artifactBucket(found.name, account, region)}/${artifactPrefix(name)}`,
        }
      : {}),
    // Valkey Serverless speaks to cluster clients alone (AWS: "ElastiCache Serverless", engine compatibility); our nodes are one shard.
    ...(hasCache && cache.kind === 'serverless' ? { REDIS_CLUSTER: 'true' } : {}),
  }
  return {
    environment,
    ...(hasCache ? { secrets: { REDIS_URL: cacheSecret } } : {}),
    ...(hasCollector(found)
      ? { sideCarEnvironment: { OTEL_EXPORTER_OTLP_ENDPOINT: collectorEndpoint, OTEL_SERVICE_NAME: name } }
      : {}),
  }
}
