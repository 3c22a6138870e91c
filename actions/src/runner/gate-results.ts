import * as z from 'zod'
import { gateResultSchema, type GateResult } from '@sluice/core/gate-result'

/**
 * Gate results as workflows can write them: one JSON object a line, empty lines ignored (a gate that was skipped leaves its
 * expression empty), or one JSON array.
 */
export const gateResultsInput: z.ZodType<GateResult[], string> = z
  .string()
  .transform((text, context): unknown => {
    try {
      if (text.trimStart().startsWith('[')) return JSON.parse(text)
      const lines = text.split('\n').filter((line) => line.trim() !== '')
      return lines.map((line): unknown => JSON.parse(line))
    } catch (error) {
      context.addIssue({ code: 'custom', message: `expected one JSON object a line: ${(error as Error).message}` })
      return z.NEVER
    }
  })
  .pipe(z.array(gateResultSchema))
