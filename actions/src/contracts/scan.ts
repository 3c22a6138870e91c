import { imageReference } from '@sluice/core/image-reference'
import { scannerNames } from '@sluice/core/findings/finding'
import * as z from 'zod'
import { defineContract, roleInput } from '../runner/contract.ts'

const scannerList = z
  .string()
  .transform((text) => [...new Set(text.split(/[\s,]+/).filter((name) => name !== ''))])
  .pipe(z.array(z.enum(scannerNames)).min(1))

export const contract = defineContract(
  {
    service: z.string(),
    image: imageReference.optional(),
    scanners: scannerList.prefault('npm-audit, secretlint'),
    'snyk-token': z.string().optional(),
    'sonar-token': z.string().optional(),
    role: roleInput.optional(),
  },
  ['reports', 'ran'],
)
