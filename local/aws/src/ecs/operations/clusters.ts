import type { Cluster, CreateClusterRequest, DescribeClustersRequest, ListClustersRequest } from '@aws-sdk/client-ecs'
import { lastPart } from '../arns.ts'
import type { ClusterRecord } from '../records.ts'
import { page, type EcsContext } from './context.ts'
import { writeTags } from './tags.ts'

export function clusterOperations(context: EcsContext) {
  const { records, arns } = context

  function shown({ arn, name, status }: ClusterRecord): Cluster {
    const tasks = Object.values(records.tasks).filter(({ cluster }) => cluster === name)
    const services = Object.values(records.services).filter(
      ({ cluster, status }) => cluster === name && status === 'ACTIVE',
    )
    return {
      clusterArn: arn,
      clusterName: name,
      status,
      registeredContainerInstancesCount: 0,
      runningTasksCount: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
      pendingTasksCount: tasks.filter(({ lastStatus }) =>
        ['PROVISIONING', 'PENDING', 'ACTIVATING'].includes(lastStatus),
      ).length,
      activeServicesCount: services.length,
      statistics: [],
      tags: [],
      settings: [{ name: 'containerInsights', value: 'enabled' }],
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [],
    }
  }

  return {
    CreateCluster(request: CreateClusterRequest) {
      const name = request.clusterName ?? 'default'
      const cluster = records.clusters[name] ?? { arn: arns.cluster(name), name, status: 'ACTIVE' }
      cluster.status = 'ACTIVE'
      records.clusters[name] = cluster
      writeTags(records, cluster.arn, request.tags)
      context.changed()
      return { cluster: shown(cluster) }
    },
    DescribeClusters(request: DescribeClustersRequest) {
      const asked = request.clusters ?? ['default']
      const found = asked.map((nameOrArn) => ({ nameOrArn, cluster: records.clusters[lastPart(nameOrArn)] }))
      return {
        clusters: found.flatMap(({ cluster }) => (cluster ? [shown(cluster)] : [])),
        failures: found
          .filter(({ cluster }) => !cluster)
          .map(({ nameOrArn }) => ({ arn: arns.cluster(lastPart(nameOrArn)), reason: 'MISSING' })),
      }
    },
    ListClusters(request: ListClustersRequest) {
      const all = Object.values(records.clusters).filter(({ status }) => status === 'ACTIVE')
      const { items, ...rest } = page(all, request, 100)
      return { clusterArns: items.map(({ arn }) => arn), ...rest }
    },
  }
}
