import { releaseSchema } from '@sluice/core/environment/release'
import * as z from 'zod'
import { defineContract, jsonInput, roleInput } from '../runner/contract.ts'

export const contract = defineContract(
  {
    environment: z.string(),
    service: z.string(),
    release: jsonInput(releaseSchema).optional(),
    reason: z.string().optional(),
    role: roleInput.optional(),
    token: z.string(),
  },
  [
    'bundle',
    'bundle-sha256',
    'release',
    'from',
    'strategy',
    'region',
    'regions',
    'unchanged',
    'eligible',
    'reason',
    'next',
    'deploy-role',
    'rollout-role',
    'roll-back-role',
  ],
)
