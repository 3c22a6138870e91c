import * as z from 'zod'
import { defineContract } from '../runner/contract.ts'

export const contract = defineContract(
  { before: z.string().optional(), environment: z.string().optional(), service: z.string().optional() },
  ['releases'],
)
