import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Sessions } from '../../endpoint/sessions.ts'
import type { Iam } from '../../iam/create-iam.ts'
import { isTrusted } from '../../iam/trust.ts'
import type { TaskRecord } from '../records.ts'

/** How long the credentials of a task are good for: 6 hours, as on ECS. SDKs ask again before they end. */
const lifetime = 6 * 3600_000

/** What Fargate's agent gives to every task beside its definition: region, and credentials of its role over HTTP. */
export interface TaskAgent {
  /** The variables that SDKs look for. Without a role there are no credentials to be had. */
  environment(task: TaskRecord, taskRoleArn: string | undefined): Promise<Readonly<Record<string, string>>>
  /** A task that has stopped has no credentials any more. */
  forget(task: TaskRecord): void
  /** Answers a request for credentials; false when it is none. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>
}

/**
 * The container credentials provider of AWS's SDKs asks a URL for the credentials of the task's role. On ECS that is a link-local
 * address; here it is this endpoint, which SDKs also take, as it is on the loopback interface (SDK reference: container credential provider).
 * The way there cannot be guessed.
 */
export function createTaskAgent(options: {
  readonly account: string
  readonly region: string
  readonly sessions: Sessions
  readonly iam: Pick<Iam, 'role'>
  /** Of the endpoint; tasks that are taken up again wait for it. */
  readonly url: Promise<string>
  readonly now: () => Date
}): TaskAgent {
  const { account, region, sessions, iam, url, now } = options
  const byPath = new Map<string, { readonly taskId: string; readonly roleArn: string }>()

  return {
    environment: async ({ id }, roleArn) => {
      const endpoint = await url
      // An SDK that knows AWS alone is led to this endpoint by the variable that every SDK reads.
      const place = { AWS_REGION: region, AWS_DEFAULT_REGION: region, AWS_ENDPOINT_URL: endpoint }
      if (!roleArn) return place
      const path = `/task-credentials/${randomUUID()}`
      byPath.set(path, { taskId: id, roleArn })
      return { ...place, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${endpoint}${path}` }
    },
    forget: ({ id }) => {
      for (const [path, { taskId }] of byPath) if (taskId === id) byPath.delete(path)
    },
    answer: async (request, response) => {
      if (!request.url?.startsWith('/task-credentials/')) return false
      const answerWith = (status: number, body: object) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
        return true
      }
      const found = byPath.get(request.url)
      if (!found || request.method !== 'GET') {
        return answerWith(404, { code: 'InvalidIdInRequest', message: 'no task has these credentials' })
      }
      const { roleArn, taskId } = found
      const roleName = roleArn.split('/').at(-1) ?? ''
      const role = iam.role(roleName)
      const assume = {
        action: 'sts:AssumeRole',
        service: 'ecs-tasks.amazonaws.com',
        keys: { 'aws:SourceAccount': account },
      }
      if (!role || role.arn !== roleArn || !isTrusted(role.trust, assume)) {
        const message = `ECS was unable to assume the role '${roleArn}' that was provided for this task`
        return answerWith(403, { code: 'AccessDenied', message })
      }
      const expiresAt = new Date(now().getTime() + lifetime)
      const key = sessions.open({ arn: `arn:aws:sts::${account}:assumed-role/${roleName}/${taskId}`, expiresAt })
      return answerWith(200, {
        RoleArn: roleArn,
        AccessKeyId: key.accessKeyId,
        SecretAccessKey: key.secretAccessKey,
        Token: key.sessionToken,
        Expiration: expiresAt.toISOString(),
      })
    },
  }
}
