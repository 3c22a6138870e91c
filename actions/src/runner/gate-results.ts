import * as core from '@actions/core'
import * as z from 'zod'
import { gateResultSchema, type GateResult } from '@sluice/core/gate-result'
import { writeSummary } from './summary.ts'

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

const signs = { pass: '✅', fail: '❌', inconclusive: '❔' } as const

/**
 * Hands a gate's result on and shows it. The step stays green whatever the result is: the gate has done its work, and
 * analyze-rollout turns a result that is no pass into a roll back.
 */
export async function reportGate(title: string, gate: GateResult, details: string): Promise<void> {
  core.setOutput('gate-result', gate)
  await writeSummary(`### ${signs[gate.outcome]} ${title} ${gate.outcome}: ${gate.reason}\n\n${details}`)
  if (gate.outcome === 'pass') core.info(`${title}: ${gate.reason}`)
  else core.error(`${gate.outcome}: ${gate.reason}`, { title })
}
