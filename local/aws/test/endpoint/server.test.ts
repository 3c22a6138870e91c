import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createCallLog } from '../../src/endpoint/call-log.ts'
import { type Endpoint, type EndpointOptions, startEndpoint } from '../../src/endpoint/server.ts'
import { AwsError, type Call } from '../../src/endpoint/service.ts'
import { createSessions } from '../../src/endpoint/sessions.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-endpoint-'))
let now = new Date('2026-11-21T06:00:00Z')
const sessions = createSessions('000000000000', () => now)
let endpoint: Endpoint
let options: EndpointOptions

interface Sent {
  readonly target?: string
  readonly body?: string
  readonly key?: string
  readonly signedFor?: string
}

async function send({ target, body = '', key = 'test', signedFor = 'ecs' }: Sent) {
  const response = await fetch(endpoint.url, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${key}/20261121/eu-west-1/${signedFor}/aws4_request, Signature=0`,
      ...(target == null ? {} : { 'x-amz-target': target }),
    },
    body,
  })
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
}
const lastCall = () => JSON.parse(readFileSync(options.log.file, 'utf8').trim().split('\n').at(-1) ?? '') as object

beforeAll(async () => {
  options = {
    account: '000000000000',
    region: 'us-east-1',
    sessions,
    log: createCallLog(join(folder, 'calls.jsonl'), () => now),
    others: [],
    services: {
      ecs: {
        protocol: 'json-1.1',
        targetPrefix: 'Ecs',
        operations: {
          Echo: (input: object, call: Call) => ({ input, region: call.region, who: call.principal.arn }),
          Refuse: () => {
            throw new AwsError('ConflictException', 'not now', 409)
          },
          Break: () => {
            throw new TypeError('a bug')
          },
        },
      },
      sts: {
        protocol: 'query',
        version: '2011-06-15',
        xmlNamespace: 'urn:sts',
        operations: { Who: (input: object) => ({ Input: JSON.stringify(input) }) },
      },
    },
  }
  endpoint = await startEndpoint(0, options)
})
afterAll(async () => {
  await endpoint.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('one port for every API', () => {
  it('tells the services apart by protocol and target', async () => {
    const json = await send({ target: 'Ecs.Echo', body: '{"a":1}' })
    expect(json).toMatchObject({ status: 200, type: 'application/x-amz-json-1.1' })
    expect(JSON.parse(json.text)).toEqual({
      input: { a: 1 },
      region: 'eu-west-1',
      who: 'arn:aws:iam::000000000000:root',
    })
    const query = await send({ body: 'Action=Who&Version=2011-06-15&A=1' })
    expect(query).toMatchObject({ status: 200, type: 'text/xml' })
    expect(query.text).toContain('<WhoResult><Input>{&quot;A&quot;:&quot;1&quot;}</Input></WhoResult>')
  })

  it.each<[what: string, sent: Sent, status: number, code: string, words: string]>([
    ['an unknown operation', { target: 'Ecs.Foo' }, 400, 'UnknownOperationException', 'does not cover ecs:Foo'],
    ['what all objects have', { target: 'Ecs.toString' }, 400, 'UnknownOperationException', 'ecs:toString'],
    ['an unknown service', { target: 'Batch_1.Foo' }, 400, 'UnknownOperationException', 'Batch_1:Foo'],
    ['an unknown action', { body: 'Action=Foo&Version=2011-06-15' }, 400, 'InvalidAction', 'sts:Foo'],
    ['REST', { signedFor: 's3' }, 400, 'InvalidAction', 's3:POST /'],
    ['no JSON', { target: 'Ecs.Echo', body: '{' }, 400, 'SerializationException', 'JSON'],
    ['a refusal', { target: 'Ecs.Refuse' }, 409, 'ConflictException', 'not now'],
    ['a fault of its own', { target: 'Ecs.Break' }, 500, 'InternalFailure', 'a bug'],
    ['an unknown key', { target: 'Ecs.Echo', key: 'AKIA' }, 403, 'UnrecognizedClientException', 'invalid'],
    [
      'an unknown key in a query',
      { key: 'AKIA', body: 'Action=Who&Version=2011-06-15' },
      403,
      'InvalidClientTokenId',
      'invalid',
    ],
  ])('answers %s in the shape of its protocol, and logs it', async (_, sent, status, code, words) => {
    const answer = await send(sent)
    expect(answer.status).toBe(status)
    expect(answer.text).toContain(sent.target == null ? `<Code>${code}</Code>` : `"__type":"${code}"`)
    expect(answer.text).toContain(words)
    expect(lastCall()).toMatchObject({ status, error: code })
  })

  it('refuses a body that is larger than any call', async () => {
    const answer = await send({ target: 'Ecs.Echo', body: 'x'.repeat(17 * 1024 * 1024) })
    expect(answer).toMatchObject({ status: 413 })
    expect(answer.text).toContain('larger than 16 MiB')
  })

  it('knows a session by its key until it expires, and logs role and job', async () => {
    const arn = 'arn:aws:sts::000000000000:assumed-role/deploy/run'
    const { accessKeyId } = sessions.open({ arn, claims: { job: 'deploy' }, expiresAt: new Date(now.getTime() + 1000) })
    const answer = await send({ target: 'Ecs.Echo', key: accessKeyId, body: '{}' })
    expect(answer.text).toContain(arn)
    expect(lastCall()).toMatchObject({ operation: 'ecs:Echo', principal: arn, claims: { job: 'deploy' }, status: 200 })
    now = new Date(now.getTime() + 1000)
    const late = await send({ target: 'Ecs.Echo', key: accessKeyId, body: '{}' })
    expect(late).toMatchObject({ status: 403 })
    expect(late.text).toContain('ExpiredTokenException')
  })

  it('says in one line that its port is taken', async () => {
    const port = Number(new URL(endpoint.url).port)
    await expect(startEndpoint(port, options)).rejects.toThrow(`expected port ${port} to be free, found it in use`)
  })
})
