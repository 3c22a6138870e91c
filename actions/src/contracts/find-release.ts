import * as z from 'zod'
import { booleanInput, defineContract } from '../runner/contract.ts'

export const contract = defineContract(
  {
    environment: z.string(),
    service: z.string(),
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256:<64 hex digits>')
      .optional(),
    'before-present': booleanInput.prefault('false'),
    token: z.string(),
  },
  ['release'],
)
