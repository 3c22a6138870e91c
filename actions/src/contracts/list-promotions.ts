import * as z from 'zod'
import { defineContract } from '../runner/contract.ts'

export const contract = defineContract({ token: z.string() }, ['due'])
