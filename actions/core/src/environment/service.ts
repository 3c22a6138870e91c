import * as z from 'zod'
import { analysisSchema, loadTestSchema, sloSchema, testSchema } from './gates.ts'
import { releaseSchema } from './release.ts'
import { rolloutSchema } from './rollout.ts'
import { migrateSchema, scalingSchema, taskSchema } from './task.ts'

/** `environments/<env>/<service>.yaml`: one service in one environment, owned by the service's team. */
export const serviceSchema = z
  .strictObject({
    kind: z.enum(['web', 'worker', 'job']).describe('Only web has traffic to shift.'),
    release: releaseSchema,
    task: taskSchema,
    scaling: scalingSchema.prefault({}),
    migrate: migrateSchema.optional(),
    rollout: rolloutSchema,
    tests: z.array(testSchema).default([]),
    loadTest: loadTestSchema.optional(),
    analysis: analysisSchema.prefault({}),
    slo: sloSchema.prefault({}),
  })
  .superRefine((service, context) => {
    const shiftsTraffic = service.rollout.strategy !== 'ROLLING'
    if (shiftsTraffic && service.kind !== 'web') {
      context.addIssue({
        code: 'custom',
        path: ['rollout', 'strategy'],
        message: `expected ROLLING for kind ${service.kind}, found ${service.rollout.strategy}: only web has traffic to shift`,
      })
    }
    if (!shiftsTraffic && service.tests.length > 0) {
      context.addIssue({
        code: 'custom',
        path: ['tests'],
        message: 'expected no tests with ROLLING: it has no test listener; use BLUE_GREEN, LINEAR or CANARY',
      })
    }
    if (!shiftsTraffic && service.loadTest?.against.includes('test')) {
      context.addIssue({
        code: 'custom',
        path: ['loadTest', 'against'],
        message: 'expected production only with ROLLING: it has no test listener',
      })
    }
  })
export type Service = z.output<typeof serviceSchema>
