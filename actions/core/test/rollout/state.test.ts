import { describe, expect, it } from 'vitest'
import { isFinished, productionWeight, rolloutState } from '../../src/rollout/state.ts'
import { aDeployment, aPause, start } from './fakes.ts'

const later = new Date(start.getTime() + 60_000)

describe('rolloutState', () => {
  it.each([
    ['PENDING', 'running'],
    ['IN_PROGRESS', 'running'],
    ['STOP_REQUESTED', 'running'],
    ['ROLLBACK_REQUESTED', 'rolling-back'],
    ['ROLLBACK_IN_PROGRESS', 'rolling-back'],
    ['SUCCESSFUL', 'landed'],
    ['STOPPED', 'stopped'],
    ['ROLLBACK_SUCCESSFUL', 'rolled-back'],
    ['ROLLBACK_FAILED', 'roll-back-failed'],
    ['A_STATUS_OF_TOMORROW', 'running'],
  ])('reads %s as %s', (status, phase) => {
    expect(rolloutState(aDeployment({ status })).phase).toBe(phase)
  })

  it('names the deployment that superseded this one', () => {
    const newer = [
      { arn: 'arn:deployment/2', status: 'IN_PROGRESS', revisionArn: 'arn:service-revision/2', createdAt: later },
    ]
    const state = rolloutState(aDeployment({ status: 'STOPPED' }), newer)
    expect(state).toMatchObject({ phase: 'superseded', by: 'arn:deployment/2' })
    expect(state.reason).toContain('arn:service-revision/2')
  })

  it('is paused only while a pause hook waits, and says until when', () => {
    const expiresAt = new Date('2026-11-21T11:00:00.000Z')
    const hook = { hookId: 'ecs-pause-1', targetType: 'PAUSE', status: 'AWAITING_ACTION', expiresAt }
    expect(rolloutState(aDeployment({ hooks: [hook] }))).toMatchObject({
      phase: 'paused',
      hook: { hookId: 'ecs-pause-1' },
      reason: 'waits for an answer until 2026-11-21T11:00:00.000Z, then ROLLBACK',
    })
    expect(rolloutState(aDeployment({ hooks: [{ ...hook, status: 'SUCCEEDED' }] })).phase).toBe('running')
    expect(rolloutState(aDeployment({ hooks: [{ ...hook, targetType: 'AWS_LAMBDA' }] })).phase).toBe('running')
  })

  it('carries the reason that ECS gives', () => {
    const statusReason = 'Service deployment rolled back because the circuit breaker threshold was exceeded.'
    const state = rolloutState(aDeployment({ status: 'ROLLBACK_SUCCESSFUL', statusReason }))
    expect(state.reason).toBe(statusReason)
    expect(isFinished(state)).toBe(true)
  })
})

describe('productionWeight', () => {
  it('is the weight that ECS reports, and the share of tasks where it reports none', () => {
    expect(productionWeight(aDeployment(aPause('x', 25)))).toBe(25)
    const share = { requestedTasks: 2, pendingTasks: 0 }
    const rolling = aDeployment({
      target: { ...share, arn: 'a', runningTasks: 1 },
      sources: [{ ...share, arn: 'b', runningTasks: 3 }],
    })
    expect(productionWeight(rolling)).toBe(25)
  })
})
