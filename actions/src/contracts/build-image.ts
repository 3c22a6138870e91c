import * as z from 'zod'
import { booleanInput, defineContract, roleInput } from '../runner/contract.ts'

export const contract = defineContract(
  { service: z.string(), push: booleanInput.prefault('true'), role: roleInput.optional() },
  ['image', 'digest', 'release'],
)
