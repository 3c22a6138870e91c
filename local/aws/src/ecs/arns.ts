import { randomBytes, randomInt } from 'node:crypto'

/** ARNs in ECS's long formats, for one account and region. */
export function createArns(account: string, region: string) {
  const arn = (resource: string) => `arn:aws:ecs:${region}:${account}:${resource}`
  return {
    cluster: (name: string) => arn(`cluster/${name}`),
    service: (cluster: string, name: string) => arn(`service/${cluster}/${name}`),
    task: (cluster: string, id: string) => arn(`task/${cluster}/${id}`),
    container: (cluster: string, taskId: string, id: string) => arn(`container/${cluster}/${taskId}/${id}`),
    taskDefinition: (family: string, revision: number) => arn(`task-definition/${family}:${revision}`),
    serviceDeployment: (cluster: string, service: string, id: string) =>
      arn(`service-deployment/${cluster}/${service}/${id}`),
    serviceRevision: (cluster: string, service: string, id: string) =>
      arn(`service-revision/${cluster}/${service}/${id}`),
  } as const
}
export type Arns = ReturnType<typeof createArns>

/** What stands after the last slash: the name of a cluster, service or task, whether it was given as name or ARN. */
export function lastPart(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1)
}

export const newIds = {
  task: () => randomBytes(16).toString('hex'),
  /** 19 digits, as `ecs-svc/<id>` and service revisions have them; increasing with time. */
  revision: (now: number) => `${now}${String(randomInt(1_000_000)).padStart(6, '0')}`,
  /** 21 characters. */
  deployment: () => randomBytes(16).toString('base64url').replace(/[-_]/g, 'x').slice(0, 21),
  /** `ecs-pause-` and 43 characters of base64url. */
  pauseHook: () => `ecs-pause-${randomBytes(32).toString('base64url')}`,
} as const
