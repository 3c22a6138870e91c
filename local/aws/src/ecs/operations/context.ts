import type { EmulatorClock } from '../../clock.ts'
import type { DeploymentRecord } from '../deployment/deployment-record.ts'
import { lastPart, type Arns } from '../arns.ts'
import type { ClusterRecord, EcsRecords, RevisionRecord, ServiceRecord, TaskRecord } from '../records.ts'
import type { TaskRunner } from '../task/task-runner.ts'
import { clusterNotFound, serviceNotFound } from './errors.ts'

/** What the operations work on. */
export interface EcsContext {
  readonly records: EcsRecords
  readonly arns: Arns
  readonly clock: EmulatorClock
  readonly runner: TaskRunner
  /** Saves, and lets the scheduler look. Every operation that changes something ends with it. */
  changed(): void
  launch(order: TaskOrder): TaskRecord
  /** Milliseconds of wall time for which reads do not know a new service deployment. */
  readonly readLag: number
}

/** The service deployments that reads know of: ECS's lists and `currentServiceDeployment` lag by a second or two. */
export function seenDeployments({ clock, readLag }: EcsContext, service: ServiceRecord): readonly DeploymentRecord[] {
  const at = clock.now().getTime()
  return service.deployments.filter(({ createdAt }) => at - createdAt >= readLag)
}

/** A task to be started. */
export interface TaskOrder {
  readonly cluster: string
  readonly taskDefinition: string
  readonly group: string
  readonly startedBy?: string
  readonly overrides?: TaskRecord['overrides']
  readonly clientToken?: string
  readonly service?: ServiceRecord
  readonly revision?: RevisionRecord
}

/** Throws ClusterNotFoundException. No cluster named means `default`. */
export function findCluster(records: EcsRecords, nameOrArn: string | undefined): ClusterRecord {
  const cluster = records.clusters[lastPart(nameOrArn ?? 'default')]
  if (cluster?.status !== 'ACTIVE') throw clusterNotFound()
  return cluster
}

/** A service by name or ARN; INACTIVE ones are found as well. Throws ServiceNotFoundException. */
export function findService(context: EcsContext, clusterName: string | undefined, nameOrArn: string): ServiceRecord {
  const cluster = findCluster(context.records, clusterName ?? clusterOfArn(nameOrArn))
  const service = context.records.services[context.arns.service(cluster.name, lastPart(nameOrArn))]
  if (!service) throw serviceNotFound()
  return service
}

/** `arn:…:service/<cluster>/<name>` names its cluster; so do task, deployment and revision ARNs. */
function clusterOfArn(nameOrArn: string): string | undefined {
  const [, cluster, ...rest] = nameOrArn.split('/')
  return nameOrArn.startsWith('arn:') && rest.length > 0 ? cluster : undefined
}

interface PageRequest {
  readonly maxResults?: number | undefined
  readonly nextToken?: string | undefined
}

/** One page of a list. `nextToken` is the position of the next item. */
export function page<T>(items: readonly T[], request: PageRequest, standard: number) {
  const from = Number(request.nextToken ?? 0)
  const to = from + (request.maxResults ?? standard)
  return { items: items.slice(from, to), ...(to < items.length ? { nextToken: String(to) } : {}) }
}

/** A time in a request: JSON carries seconds since the epoch; in process it may be a Date already. */
export function timeOf(time: Date | number | string): number {
  return typeof time === 'number' ? time * 1000 : new Date(time).getTime()
}

/** A time for the API. */
export function dateOf(milliseconds: number | undefined): Date | undefined {
  return milliseconds == null ? undefined : new Date(milliseconds)
}

/** Fields with a value: the API leaves out what it does not know. */
export function known<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}
