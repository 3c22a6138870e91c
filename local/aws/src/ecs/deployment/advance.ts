import { breakerThreshold } from './breaker.ts'
import type { DeploymentEvent } from './deployment-event.ts'
import type { DeploymentRecord, HookRecord } from './deployment-record.ts'
import { because, closeMonitors, halt, rollBack, toStatus, withoutWaiting } from './turn-back.ts'

function setHook(record: DeploymentRecord, hookId: string, status: HookRecord['status']): DeploymentRecord {
  return { ...record, hooks: record.hooks.map((hook) => (hook.id === hookId ? { ...hook, status } : hook)) }
}

function awaitingHook(record: DeploymentRecord, hookId: string): HookRecord {
  const hook = record.hooks.find(({ id, status }) => id === hookId && status === 'AWAITING_ACTION')
  if (!hook || record.status !== 'IN_PROGRESS') throw new Error(`hook ${hookId} of ${record.arn} awaits no action`)
  return hook
}

/** The next state of a deployment. Pure. Throws when the event makes no sense in this state. */
export function advance(before: DeploymentRecord, event: DeploymentEvent): DeploymentRecord {
  const record: DeploymentRecord = { ...before, updatedAt: event.at }
  const { configuration } = record
  switch (event.type) {
    case 'began': {
      const watchesAlarms = configuration.alarms?.enable === true
      return {
        ...toStatus(record, 'IN_PROGRESS'),
        startedAt: event.at,
        breaker: {
          status: configuration.deploymentCircuitBreaker?.enable ? 'MONITORING' : 'DISABLED',
          failureCount: 0,
          threshold: breakerThreshold(configuration.deploymentCircuitBreaker, event.desiredCount),
        },
        alarms: {
          // ECS ignores all alarms for the whole deployment when one is in ALARM at its start.
          status: watchesAlarms && event.alarmed.length === 0 ? 'MONITORING' : 'DISABLED',
          names: configuration.alarms?.alarmNames ?? [],
          triggered: [],
        },
      }
    }
    case 'stepBegan':
      return { ...record, stepSince: event.at }
    case 'stepLost': {
      const { stepSince: _, ...rest } = record
      return rest
    }
    case 'shifted':
      return { ...record, weights: { ...record.weights, [event.traffic]: event.percent } }
    case 'stepDone': {
      const { stepSince: _, ...rest } = record
      const next = { ...rest, cursor: record.cursor + 1 }
      const following = record.plan[next.cursor]
      // What cleans up is judged no more: the old revision is on its way out.
      if (following?.kind === 'clean-up' && record.status === 'IN_PROGRESS') return closeMonitors(next)
      if (following) return next
      const status = record.status === 'ROLLBACK_IN_PROGRESS' ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL'
      return closeMonitors({ ...toStatus(next, status), finishedAt: event.at })
    }
    case 'paused': {
      const stage = record.plan[record.cursor]?.stage
      if (stage == null) throw new Error(`${record.arn} has no step to pause at`)
      const configured = pauseHooks(record)
      return {
        ...record,
        hooks: [
          ...record.hooks,
          ...event.hookIds.map((id, index): HookRecord => {
            const { timeoutInMinutes = 1440, action = 'ROLLBACK' } = configured[index]?.timeoutConfiguration ?? {}
            // Not divided by the clock's speed: people, k6 and the judge answer in their own time.
            const expiresAt = event.at + timeoutInMinutes * 60_000
            return { id, stage, step: record.cursor, status: 'AWAITING_ACTION', expiresAt, timeoutAction: action }
          }),
        ],
      }
    }
    case 'hookAnswered': {
      const hook = awaitingHook(record, event.hookId)
      if (event.action === 'CONTINUE') return setHook(record, hook.id, 'SUCCEEDED')
      return rollBack(setHook(record, hook.id, 'FAILED'), because.pauseRefused(hook.stage), event.at)
    }
    case 'hookExpired': {
      const hook = awaitingHook(record, event.hookId)
      const expired = setHook(record, hook.id, 'TIMED_OUT')
      return hook.timeoutAction === 'CONTINUE'
        ? expired
        : rollBack(expired, because.pauseTimedOut(hook.stage), event.at)
    }
    case 'taskFailed': {
      const { breaker } = record
      if (breaker.status === 'DISABLED') return record
      const failureCount = breaker.failureCount + 1
      const threshold = breakerThreshold(configuration.deploymentCircuitBreaker, event.desiredCount)
      const counted: DeploymentRecord = { ...record, breaker: { ...breaker, failureCount, threshold } }
      if (breaker.status !== 'MONITORING' || failureCount < threshold) return counted
      const triggered: DeploymentRecord = { ...counted, breaker: { ...counted.breaker, status: 'TRIGGERED' } }
      return configuration.deploymentCircuitBreaker?.rollback
        ? rollBack(triggered, because.breaker, event.at)
        : halt(triggered, because.breaker, event.at)
    }
    case 'taskHealthy': {
      const resets = configuration.deploymentCircuitBreaker?.resetOnHealthyTask ?? true
      if (!resets || record.breaker.status !== 'MONITORING') return record
      return { ...record, breaker: { ...record.breaker, failureCount: 0 } }
    }
    case 'alarmed': {
      if (record.alarms.status !== 'MONITORING' || record.status !== 'IN_PROGRESS') return record
      const triggered: DeploymentRecord = {
        ...record,
        alarms: { ...record.alarms, status: 'TRIGGERED', triggered: event.alarms },
      }
      return configuration.alarms?.rollback
        ? rollBack(triggered, because.alarms(event.alarms), event.at)
        : halt(triggered, because.alarms(event.alarms), event.at)
    }
    case 'failed':
      if (record.status === 'ROLLBACK_IN_PROGRESS') {
        const statusReason = `Service deployment rollback failed because ${event.because}`
        return { ...toStatus(record, 'ROLLBACK_FAILED'), statusReason, finishedAt: event.at }
      }
      return rollBack(record, event.because, event.at)
    case 'rollbackRequested':
      if (record.status === 'ROLLBACK_REQUESTED') return rollBack(record, because.requested, event.at)
      return toStatus(record, 'ROLLBACK_REQUESTED')
    case 'superseded':
      return {
        ...toStatus(record, 'STOP_REQUESTED'),
        statusReason: 'Service deployment stopped because a newer one was requested.',
        hooks: withoutWaiting(record.hooks),
      }
    case 'stopped':
      return closeMonitors({ ...toStatus(record, 'STOPPED'), stoppedAt: event.at, finishedAt: event.at })
    default:
      throw new Error(`unknown event ${JSON.stringify(event satisfies never)}`)
  }
}

/** The PAUSE hooks that the configuration has at the step that is being taken. */
export function pauseHooks(record: DeploymentRecord) {
  const step = record.plan[record.cursor]
  if (step?.kind !== 'hooks') return []
  return (record.configuration.lifecycleHooks ?? []).filter(
    ({ targetType, lifecycleStages }) =>
      targetType === 'PAUSE' && lifecycleStages?.some((stage: string) => stage === step.stage),
  )
}
