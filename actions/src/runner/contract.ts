import * as z from 'zod'

/**
 * What an action takes and gives: the same keys as its `action.yml` (actions/test/action-contract.test.ts holds the two
 * together). It stands apart from the shell, so that it can be read without running the action.
 */
export interface ActionContract<Shape extends z.ZodRawShape = z.ZodRawShape, Output extends string = string> {
  readonly inputs: z.ZodObject<Shape>
  readonly outputs: readonly Output[]
}

export function defineContract<Shape extends z.ZodRawShape, const Output extends string>(
  shape: Shape,
  outputs: readonly Output[],
): ActionContract<Shape, Output> {
  return { inputs: z.object(shape), outputs }
}

/** An input that carries JSON of a known shape, such as a handle or gate results. */
export function jsonInput<Output>(schema: z.ZodType<Output>): z.ZodType<Output, string> {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text)
      } catch (error) {
        context.addIssue({ code: 'custom', message: `expected JSON: ${(error as Error).message}` })
        return z.NEVER
      }
    })
    .pipe(schema)
}

/** `true` or `false`, as GitHub writes booleans. */
export const booleanInput = z.enum(['true', 'false']).transform((text) => text === 'true')

/** A role to assume with the runner's OIDC token; ambient credentials are used without one. */
export const roleInput = z.string().regex(/^arn:[\w-]+:iam::\d{12}:role\/.+$/, 'expected the ARN of an IAM role')
