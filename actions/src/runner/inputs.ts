import * as core from '@actions/core'
import type * as z from 'zod'
import { ConfigurationError } from '@sluice/core/failure'

/**
 * Reads the inputs of this step as the runner hands them over (`INPUT_<NAME>`, upper case, hyphens kept). An empty string
 * means that the workflow gave none: GitHub cannot pass "absent" on. Throws a `ConfigurationError` with every bad input.
 */
export function readInputs<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  env: NodeJS.ProcessEnv = process.env,
): z.output<z.ZodObject<Shape>> {
  const given: Record<string, string> = {}
  for (const name of Object.keys(schema.shape)) {
    const text = env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`]?.trim()
    if (text == null || text === '') continue
    if (/(^|-)(token|secret|password)$/.test(name)) core.setSecret(text)
    given[name] = text
  }
  const result = schema.safeParse(given)
  if (result.success) return result.data
  throw new ConfigurationError(
    result.error.issues.map((issue) => ({
      message: `input "${issue.path.join('.')}": ${describe(issue, given)}`,
      hint: 'see the table of inputs in the README of this action',
    })),
  )
}

function describe(issue: z.core.$ZodIssue, given: Readonly<Record<string, string>>): string {
  const value = given[String(issue.path[0])]
  return value == null ? 'is required and was not given' : `${issue.message}, found ${shorten(JSON.stringify(value))}`
}

function shorten(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}… (${text.length} characters)`
}
