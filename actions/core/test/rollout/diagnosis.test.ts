import { describe, expect, it } from 'vitest'
import { describeDiagnosis, findCause, reasonWithCause, type DiagnosisFacts } from '../../src/rollout/diagnosis.ts'
import { start } from './fakes.ts'

const nothing: DiagnosisFacts = {
  statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
  events: [],
  stoppedTasks: [],
  targets: [],
  logLines: [],
  triggeredAlarms: [],
}
const stopped = (stoppedReason: string, exitCode?: number) => ({
  arn: 'arn:task',
  stopCode: 'EssentialContainerExited',
  stoppedReason,
  containers: [{ name: 'registry', exitCode }],
})

describe('findCause', () => {
  it.each([
    ['CannotPullContainerError: image not found', /image could not be pulled/],
    [
      'ResourceInitializationError: unable to pull secrets or registry auth: secretsmanager',
      /secret could not be read/,
    ],
    ['OutOfMemoryError: Container killed due to memory usage', /ran out of memory/],
    ['Task failed ELB health checks in (target-group arn:blue)', /never became healthy/],
    ['Essential container in task exited', /exited by itself.*1 of 1 stopped tasks/],
  ])('tells what "%s" means', (reason, cause) => {
    expect(findCause({ ...nothing, stoppedTasks: [stopped(reason, 1)] })).toMatch(cause)
  })

  it('puts an alarm first, and falls back to ill targets', () => {
    expect(findCause({ ...nothing, triggeredAlarms: ['high-errors'], stoppedTasks: [stopped('x')] })).toContain(
      'high-errors',
    )
    const target = { targetGroup: 'blue', target: '10.0.0.1:8080', state: 'unhealthy', reason: 'Target.Timeout' }
    expect(findCause({ ...nothing, targets: [target] })).toContain('Target.Timeout')
    expect(findCause(nothing)).toBeUndefined()
  })
})

describe('reasonWithCause', () => {
  it('adds what was measured to what ECS says, when anything is known', () => {
    expect(reasonWithCause(nothing)).toBe(nothing.statusReason)
    const stoppedTasks = [stopped('Essential container in task exited', 1)]
    expect(reasonWithCause({ ...nothing, stoppedTasks })).toMatch(/threshold was exceeded\. Most likely: .*exit code 1/)
  })
})

describe('describeDiagnosis', () => {
  it('shows reason, cause, equal tasks once, events and log lines', () => {
    const markdown = describeDiagnosis({
      ...nothing,
      stoppedTasks: Array.from({ length: 3 }, () => stopped('Essential container in task exited', 13)),
      events: [{ at: start, message: '(service prod-registry) has started 1 tasks: (task abc).' }],
      logLines: ['Error: listen EADDRINUSE'],
    })
    expect(markdown).toContain('circuit breaker threshold was exceeded')
    expect(markdown).toContain(
      '- 3 x EssentialContainerExited; Essential container in task exited; registry: exit code 13',
    )
    expect(markdown).toContain('- 10:00:00 (service prod-registry) has started 1 tasks')
    expect(markdown).toContain('Error: listen EADDRINUSE')
  })
})
