import type { EvidenceBundle } from '../../src/evidence/bundle.ts'
import type { GateResult } from '../../src/gate-result.ts'

export const imageA = `component-registry@sha256:${'a'.repeat(64)}`
export const imageB = `component-registry@sha256:${'b'.repeat(64)}`

/** A gate result of that name. */
export function aGate(gate: string, outcome: GateResult['outcome'] = 'pass'): GateResult {
  const at = '2026-11-20T11:00:00.000Z'
  return { gate, outcome, reason: `${gate} ${outcome}`, figures: {}, startedAt: at, finishedAt: at }
}

/** Evidence for a promotion of image B over image A into prod, written at noon. */
export function aBundle(values: Partial<EvidenceBundle> = {}): EvidenceBundle {
  return {
    version: 1,
    environment: 'prod',
    service: 'registry',
    from: { image: imageA, commit: 'a'.repeat(40), version: '1.0.0' },
    to: { image: imageB, commit: 'b'.repeat(40), version: '1.1.0' },
    strategy: 'LINEAR',
    regions: ['us-east-1'],
    rollout: { strategy: 'LINEAR' },
    taskDefinition: { running: 'arn:aws:ecs:us-east-1:1:task-definition/prod-registry:3', changes: [] },
    change: {
      commits: [
        {
          sha: 'b'.repeat(40),
          subject: 'feat: publish',
          people: [{ login: 'carol', name: 'Carol', email: 'carol@example.org' }],
        },
      ],
      complete: true,
      files: ['app/src/main.ts'],
    },
    gates: [aGate('findings')],
    runs: [
      {
        environment: 'stage',
        deploymentId: 7,
        outcome: 'pass',
        finishedAt: '2026-11-20T11:00:00.000Z',
        gates: [aGate('load-test')],
      },
    ],
    risk: { level: 'low', reasons: ['a small change of code alone'] },
    promotion: { from: 'stage', approvals: 2, approvalTtlSeconds: 14_400, soakSeconds: 1800 },
    createdAt: '2026-11-20T12:00:00.000Z',
    ...values,
  }
}
