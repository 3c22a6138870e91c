import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TaskRecord } from '../../src/ecs/records.ts'
import { createTaskAgent } from '../../src/ecs/task/task-agent.ts'
import { createSessions } from '../../src/endpoint/sessions.ts'

const account = '000000000000'
const now = () => new Date('2026-11-21T10:00:00Z')
const sessions = createSessions(account, now)
const roleOf = (name: string, Service: string) => ({
  name,
  arn: `arn:aws:iam::${account}:role/${name}`,
  policies: [],
  trust: {
    Statement: {
      Effect: 'Allow' as const,
      Action: 'sts:AssumeRole',
      Principal: { Service },
      Condition: { StringEquals: { 'aws:SourceAccount': account } },
    },
  },
})
const roles = [roleOf('task', 'ecs-tasks.amazonaws.com'), roleOf('other', 'lambda.amazonaws.com')]
const task = { id: 'abc' } as TaskRecord

const listening = Promise.withResolvers<string>()
const agent = createTaskAgent({
  account,
  region: 'us-east-1',
  sessions,
  now,
  url: listening.promise,
  iam: { role: (name) => roles.find((role) => role.name === name) },
})
const server = createServer((request, response) => {
  void agent.answer(request, response).then((done) => done || response.writeHead(418).end())
})
beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  listening.resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
afterAll(() => server.close())

describe('what a task gets beside its definition', () => {
  it('is credentials of its own role, in the words of the container credentials provider', async () => {
    const variables = await agent.environment(task, `arn:aws:iam::${account}:role/task`)
    expect(variables).toMatchObject({ AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: await listening.promise })
    const answer = await fetch(variables['AWS_CONTAINER_CREDENTIALS_FULL_URI'] ?? '')
    const credentials = (await answer.json()) as Record<string, string>
    expect(credentials).toMatchObject({ Expiration: '2026-11-21T16:00:00.000Z', Token: expect.any(String) })
    expect(sessions.principal(credentials['AccessKeyId']).arn).toBe(`arn:aws:sts::${account}:assumed-role/task/abc`)
    agent.forget(task)
    expect((await fetch(variables['AWS_CONTAINER_CREDENTIALS_FULL_URI'] ?? '')).status).toBe(404)
  })

  it('is no credentials without a role', async () => {
    expect(await agent.environment(task, undefined)).not.toHaveProperty('AWS_CONTAINER_CREDENTIALS_FULL_URI')
  })

  it.each(['other', 'missing'])('is none of a role that does not trust tasks, or is not there: %s', async (name) => {
    const variables = await agent.environment(task, `arn:aws:iam::${account}:role/${name}`)
    const answer = await fetch(variables['AWS_CONTAINER_CREDENTIALS_FULL_URI'] ?? '')
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('unable to assume the role')])
  })

  it('leaves every other path to others', async () => {
    expect((await fetch(`${await listening.promise}/v2/`)).status).toBe(418)
  })
})
