import * as z from 'zod'
import { expectedRecovery } from '@sluice/core/recovery/expected'
import { recoveryModes } from '@sluice/core/recovery/region-switch'
import { booleanInput, defineContract, jsonInput, roleInput } from '../runner/contract.ts'

export const contract = defineContract(
  {
    environment: z.string(),
    mode: z.enum(recoveryModes),
    region: z.string().optional(),
    reason: z.string(),
    expected: jsonInput(expectedRecovery),
    url: z.url().optional(),
    'read-path': z.string().startsWith('/').default('/health/ready'),
    'write-path': z.string().startsWith('/').optional(),
    'plan-only': booleanInput.prefault('false'),
    role: roleInput.optional(),
  },
  ['region', 'outcome', 'reason', 'measured'],
)
