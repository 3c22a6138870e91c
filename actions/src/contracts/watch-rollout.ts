import * as z from 'zod'
import { rolloutHandleSchema } from '@sluice/core/rollout/handle'
import { defineContract, jsonInput, roleInput } from '../runner/contract.ts'

export const contract = defineContract(
  {
    handle: jsonInput(rolloutHandleSchema),
    until: z.enum(['paused', 'finished']).default('finished'),
    role: roleInput.optional(),
  },
  ['state', 'stage', 'hook-id', 'outcome', 'reason'],
)
