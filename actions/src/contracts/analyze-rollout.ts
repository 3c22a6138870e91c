import * as z from 'zod'
import { rolloutHandleSchema } from '@sluice/core/rollout/handle'
import { defineContract, jsonInput, roleInput } from '../runner/contract.ts'
import { gateResultsInput } from '../runner/gate-results.ts'

export const contract = defineContract(
  {
    handle: jsonInput(rolloutHandleSchema),
    gates: gateResultsInput.default([]),
    'bundle-path': z.string().default('judge/bundle.json'),
    role: roleInput.optional(),
  },
  ['outcome', 'reason', 'bundle'],
)
