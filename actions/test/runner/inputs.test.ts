import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { ConfigurationError } from '@sluice/core/failure'
import { booleanInput, defineContract, jsonInput, roleInput } from '../../src/runner/contract.ts'
import { readInputs } from '../../src/runner/inputs.ts'

const { inputs } = defineContract(
  {
    environment: z.string(),
    'dry-run': booleanInput.default(false),
    role: roleInput.optional(),
    handle: jsonInput(z.strictObject({ arn: z.string().startsWith('arn:') })).optional(),
  },
  [],
)

const problemsOf = (env: NodeJS.ProcessEnv) => {
  try {
    readInputs(inputs, env)
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.map(({ message }) => message)
    throw error
  }
  return []
}

describe('readInputs', () => {
  it('reads hyphenated names, booleans and JSON', () => {
    const env = { INPUT_ENVIRONMENT: ' prod ', 'INPUT_DRY-RUN': 'true', INPUT_HANDLE: '{"arn":"arn:x"}' }
    expect(readInputs(inputs, env)).toEqual({ environment: 'prod', 'dry-run': true, handle: { arn: 'arn:x' } })
  })

  it('takes an empty string for an input that was not given', () => {
    expect(readInputs(inputs, { INPUT_ENVIRONMENT: 'prod', INPUT_ROLE: '', 'INPUT_DRY-RUN': '' })).toEqual({
      environment: 'prod',
      'dry-run': false,
    })
  })

  it('names every bad input at once, with what was found', () => {
    const problems = problemsOf({ INPUT_ROLE: 'admin', INPUT_HANDLE: '{', 'INPUT_DRY-RUN': 'yes' })
    expect(problems).toHaveLength(4)
    expect(problems).toContain('input "environment": is required and was not given')
    expect(problems).toContain('input "role": expected the ARN of an IAM role, found "admin"')
    expect(problems.join()).toMatch(/input "handle": expected JSON: .*, found "\{"/)
  })

  it('names the field inside a JSON input', () => {
    expect(problemsOf({ INPUT_ENVIRONMENT: 'prod', INPUT_HANDLE: '{"arn":"x"}' }).join()).toContain(
      'input "handle.arn"',
    )
  })
})
