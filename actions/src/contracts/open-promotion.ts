import { releaseSchema } from '@sluice/core/environment/release'
import * as z from 'zod'
import { defineContract, jsonInput } from '../runner/contract.ts'

export const contract = defineContract(
  {
    environment: z.string(),
    service: z.string(),
    release: jsonInput(releaseSchema),
    bundle: z.string().optional(),
    'revert-of': jsonInput(releaseSchema).optional(),
    reason: z.string().optional(),
    token: z.string(),
    'app-id': z.string().optional(),
    'app-private-key': z.string().optional(),
  },
  ['pull-request', 'merged'],
)
