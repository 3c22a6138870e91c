import { releaseSchema } from '@sluice/core/environment/release'
import { rolloutHandleSchema } from '@sluice/core/rollout/handle'
import { verdictOutcomes } from '@sluice/core/verdict'
import * as z from 'zod'
import { defineContract, jsonInput } from '../runner/contract.ts'
import { gateResultsInput } from '../runner/gate-results.ts'

export const contract = defineContract(
  {
    handle: jsonInput(rolloutHandleSchema),
    release: jsonInput(releaseSchema),
    outcome: z.enum(verdictOutcomes),
    reason: z.string().optional(),
    gates: gateResultsInput.default([]),
    'bundle-sha256': z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits'),
    token: z.string(),
  },
  ['deployment-id'],
)
