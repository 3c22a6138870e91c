import { releaseSchema } from '@sluice/core/environment/release'
import * as z from 'zod'
import { defineContract, jsonInput } from '../runner/contract.ts'

export const contract = defineContract(
  {
    reports: z.string(),
    service: z.string(),
    environment: z.string().optional(),
    release: jsonInput(releaseSchema).optional(),
    token: z.string().optional(),
  },
  ['outcome', 'reason', 'gate-result', 'sarif'],
)
