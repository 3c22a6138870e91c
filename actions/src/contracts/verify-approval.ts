import * as z from 'zod'
import { defineContract, roleInput } from '../runner/contract.ts'

export const contract = defineContract(
  {
    bundle: z.string(),
    'bundle-sha256': z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits'),
    role: roleInput.optional(),
    token: z.string(),
  },
  ['approvers'],
)
