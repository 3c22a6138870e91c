import * as z from 'zod'
import { defineContract, roleInput } from '../runner/contract.ts'

export const contract = defineContract(
  {
    environment: z.string(),
    service: z.string(),
    region: z.string().optional(),
    role: roleInput.optional(),
  },
  ['handle', 'production-url', 'test-url', 'unchanged'],
)
