import * as z from 'zod'

/** Environment variables by name; in `secrets`, the secret's name as `<env>/<service>.yaml` would give it. */
const variables = z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'expected UPPER_SNAKE_CASE'), z.string())

/**
 * What infra says of a service's tasks, published as an SSM parameter (`names.taskSkeletonParameter`). The actions add the
 * release, the environment variables and the size from `<env>/<service>.yaml`, and register a task definition revision.
 */
export const taskSkeletonSchema = z.strictObject({
  version: z.literal(1),
  family: z.string(),
  executionRoleArn: z.string(),
  taskRoleArn: z.string(),
  containerName: z.string(),
  containerPort: z.int().positive().optional(),
  /** The port's name in Service Connect; absent where no other service is there to call. */
  portName: z.string().optional(),
  logGroup: z.string(),
  region: z.string(),
  user: z.string().optional(),
  readonlyRootFilesystem: z.boolean().default(true),
  stopTimeoutSeconds: z.int().min(1).max(120).default(30),
  /** What infra alone knows: names of tables and buckets, the region. These names are infra's; a service's file may set none of them. */
  environment: variables.optional(),
  /** Secrets that infra made, for every task of the service; as much infra's as `environment`. */
  secrets: variables.optional(),
  /** What the side-cars ask of the service's container. A task that has none beside it, such as the migrations, is not told. */
  sideCarEnvironment: variables.optional(),
  /** Raw ECS container definitions that run beside the service. */
  sideCars: z.array(z.record(z.string(), z.json())).default([]),
  /** Where one-off tasks of the service run. */
  network: z.strictObject({ subnets: z.array(z.string()), securityGroups: z.array(z.string()) }),
  /** What a non-rolling rollout needs; absent for worker and job. */
  loadBalancing: z
    .strictObject({
      targetGroupArn: z.string(),
      alternateTargetGroupArn: z.string(),
      productionListenerRule: z.string(),
      testListenerRule: z.string(),
      roleArn: z.string(),
    })
    .optional(),
})
export type TaskSkeleton = z.output<typeof taskSkeletonSchema>
