import * as z from 'zod'

/**
 * What jobs pass to each other about a rollout that runs: enough to find it again from a fresh runner with nothing in
 * memory. `revisionId` is the number that ECS's deployment id (`ecs-svc/<N>`) and service revision ARN share.
 */
export const rolloutHandleSchema = z.strictObject({
  environment: z.string(),
  service: z.string(),
  region: z.string(),
  cluster: z.string(),
  ecsService: z.string(),
  serviceDeploymentArn: z.string().startsWith('arn:'),
  revisionId: z.string(),
  taskDefinitionArn: z.string(),
  strategy: z.enum(['ROLLING', 'BLUE_GREEN', 'LINEAR', 'CANARY']),
  image: z.string(),
  /** ISO time of the start, the beginning of every measurement. */
  startedAt: z.iso.datetime(),
  productionUrl: z.url().optional(),
  testUrl: z.url().optional(),
})
export type RolloutHandle = z.output<typeof rolloutHandleSchema>
