import * as z from 'zod'
import { defineContract, roleInput } from '../runner/contract.ts'

export const contract = defineContract(
  { environment: z.string(), role: roleInput.optional(), token: z.string().optional() },
  ['drifted'],
)
