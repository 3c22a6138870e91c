import * as z from 'zod'
import { rolloutHandleSchema } from '@sluice/core/rollout/handle'
import { defineContract, jsonInput, roleInput } from '../runner/contract.ts'

export const contract = defineContract(
  {
    handle: jsonInput(rolloutHandleSchema),
    reason: z.string().default('rolled back by hand'),
    role: roleInput.optional(),
  },
  ['outcome', 'reason'],
)
