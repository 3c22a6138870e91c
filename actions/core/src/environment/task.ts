import * as z from 'zod'

/** CPU units and the memory that Fargate allows with them, in MiB (AWS: "Fargate task definition considerations"). */
const fargateMemory: Readonly<Record<number, readonly [minimum: number, maximum: number]>> = {
  256: [512, 2048],
  512: [1024, 4096],
  1024: [2048, 8192],
  2048: [4096, 16_384],
  4096: [8192, 30_720],
}

const environmentVariableName = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'expected UPPER_SNAKE_CASE')

/** What one task of the service gets. */
export const taskSchema = z
  .strictObject({
    cpu: z.literal([256, 512, 1024, 2048, 4096]).describe('CPU units; 1024 is one vCPU.'),
    memory: z.int().positive().describe('MiB.'),
    command: z.array(z.string()).min(1).optional(),
    env: z.record(environmentVariableName, z.string()).default({}),
    secrets: z
      .record(environmentVariableName, z.string().regex(/^[\w/.-]+$/))
      .default({})
      .describe(
        'Environment variable to the name of a secret in Secrets Manager, or in Parameter Store where it begins with /; the environment is put in front.',
      ),
  })
  .superRefine(({ cpu, memory }, context) => {
    const [minimum, maximum] = fargateMemory[cpu] ?? [0, 0]
    if (memory < minimum || memory > maximum || (memory > 1024 && memory % 1024 !== 0)) {
      context.addIssue({
        code: 'custom',
        path: ['memory'],
        message: `expected ${minimum} to ${maximum} MiB in steps of 1024 with ${cpu} CPU units on Fargate, found ${memory}`,
      })
    }
  })
export type Task = z.output<typeof taskSchema>

/** How many tasks, and what adds one. */
export const scalingSchema = z
  .strictObject({
    min: z.int().min(0).default(2),
    max: z.int().min(1).default(10),
    cpu: z.int().min(10).max(95).default(70).describe('Target CPU utilisation in percent.'),
    memory: z.int().min(10).max(95).optional().describe('Target memory utilisation in percent.'),
  })
  .refine(({ min, max }) => min <= max, { path: ['max'], message: 'expected max to be at least min' })
export type Scaling = z.output<typeof scalingSchema>

/** A one-off task before the rollout. After a `contract` phase nothing rolls back past it. */
export const migrateSchema = z.strictObject({
  command: z.array(z.string()).min(1),
  phase: z.enum(['expand', 'contract']).default('expand'),
  timeout: z.string().optional(),
})
export type Migrate = z.output<typeof migrateSchema>
