import * as z from 'zod'
import { booleanInput, defineContract, roleInput } from '../runner/contract.ts'

export const contract = defineContract(
  {
    environment: z.string(),
    'prepare-only': booleanInput.prefault('false'),
    role: roleInput.optional(),
  },
  ['changed', 'handles', 'rollout-role'],
)
