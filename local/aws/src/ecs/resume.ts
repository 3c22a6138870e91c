import type { LoadBalancing } from '../elbv2/load-balancing.ts'
import { advance } from './deployment/advance.ts'
import { isOver } from './deployment/deployment-record.ts'
import type { EcsRecords } from './records.ts'
import { announce } from './service/announce.ts'
import { restoreMilliseconds } from './service/restore-traffic.ts'

/**
 * Takes up the state of a former process, which may have been killed at any point. Its tasks are gone with it: they are
 * recorded as stopped, not as failed, and the scheduler starts new ones. A deployment that was under way goes on from
 * its step: traffic moves and bakes begin only once the revision is healthy again, pauses still await their answer,
 * roll backs go on, and what was to be stopped is stopped. A bake starts over, for nothing was watched meanwhile.
 */
export function resume(records: EcsRecords, balancing: LoadBalancing, at: number): void {
  for (const task of Object.values(records.tasks)) {
    if (task.lastStatus === 'STOPPED') continue
    for (const { targetGroupArn } of task.targetGroups) {
      leave(balancing, targetGroupArn, task.id)
    }
    task.lastStatus = 'STOPPED'
    task.desiredStatus = 'STOPPED'
    task.stopCode ??= 'InfrastructureHealth'
    task.stoppedReason ??= 'The local endpoint was restarted: its tasks ended with it.'
    task.stoppedAt = at
    task.accounted = true
    for (const container of task.containers) container.lastStatus = 'STOPPED'
  }
  for (const service of Object.values(records.services)) {
    if (service.loadBalancers.length > 0 && service.status === 'ACTIVE') service.restoreUntil = at + restoreMilliseconds
    service.deployments = service.deployments.map((deployment) => {
      if (isOver(deployment)) return deployment
      announce(service, 'resumes its deployment after a restart of the local endpoint.', at)
      return advance(deployment, { type: 'stepLost', at })
    })
  }
}

function leave(balancing: LoadBalancing, targetGroupArn: string, target: string): void {
  try {
    balancing.deregister(targetGroupArn, target).catch(() => undefined)
  } catch {
    // The load balancers of the former process may be gone as well: then there is nothing to leave.
  }
}
