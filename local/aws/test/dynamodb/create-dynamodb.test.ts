import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, describe, expect, it } from 'vitest'

import { dynamoDbTypes } from '../../src/cloudformation/dynamodb-types.ts'
import { createDynamoDb } from '../../src/dynamodb/create-dynamodb.ts'
import { createCallLog } from '../../src/endpoint/call-log.ts'
import { createSessions } from '../../src/endpoint/sessions.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-dynamodb-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const now = () => new Date()
const log = createCallLog(join(folder, 'calls.jsonl'), now)
const place = { account: '000000000000', region: 'us-east-1' }
const sessions = createSessions(place.account, now)
const open = () => createDynamoDb({ ...place, folder, sessions, log })
const table = {
  TableName: 'slots',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
}
const context = { generated: 'x', existing: undefined, before: undefined, account: '000000000000', region: 'us-east-1' }

const lines = () =>
  readFileSync(log.file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
const headersOf = (key: string, operation: string) => ({
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': `DynamoDB_20120810.${operation}`,
  'x-amz-date': '20260101T000000Z',
  authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
})

/** DynamoDB behind a server, as it stands behind the endpoint. */
async function serving() {
  const dynamoDb = open()
  const server = createServer((incoming, response) => {
    dynamoDb.answer(incoming, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    dynamoDb,
    port,
    send: async (key: string, operation: string, input: object) => {
      const answer = await fetch(`http://127.0.0.1:${port}`, {
        method: 'POST',
        headers: headersOf(key, operation),
        body: JSON.stringify(input),
      })
      await answer.text()
      return answer
    },
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

describe('DynamoDB behind the endpoint', () => {
  it('makes the tables of templates and keeps their items over a restart', async () => {
    const first = open()
    const make = dynamoDbTypes(first)['AWS::DynamoDB::GlobalTable']
    expect(await make?.(table, context)).toMatchObject({ ref: 'slots' })
    expect(await make?.(table, context), 'again').toMatchObject({ ref: 'slots' })
    await first.call('PutItem', { TableName: 'slots', Item: { id: { S: 'a' } } })
    await first.close()

    const second = open()
    const found = await second.call('GetItem', { TableName: 'slots', Key: { id: { S: 'a' } } })
    await second.close()
    expect(found).toEqual({ Item: { id: { S: 'a' } } })
  })

  it('logs what a role asks for, by table', async () => {
    const expiresAt = new Date(Date.now() + 600_000)
    const { accessKeyId } = sessions.open({ arn: 'arn:aws:sts::000000000000:assumed-role/task/1', expiresAt })
    const { dynamoDb, send, close } = await serving()
    await send(accessKeyId, 'Scan', { TableName: 'slots' })
    await send(accessKeyId, 'BatchWriteItem', { RequestItems: { slots: [] } })
    await close()
    await dynamoDb.close()
    const asked = lines()
      .slice(-2)
      .map(({ principal, asks }) => [principal, asks])
    const resource = 'arn:aws:dynamodb:us-east-1:000000000000:table/slots'
    expect(asked).toEqual(
      ['dynamodb:Scan', 'dynamodb:BatchWriteItem'].map((action) => [
        'arn:aws:sts::000000000000:assumed-role/task/1',
        [{ action, resource }],
      ]),
    )
  })

  it('survives a client that goes away while it sends', async () => {
    const { dynamoDb, port, send, close } = await serving()
    const half = request({
      port,
      host: '127.0.0.1',
      method: 'POST',
      headers: { ...headersOf('test', 'Scan'), 'content-length': 100 },
    })
    half.on('error', () => undefined)
    await new Promise<void>((resolve) => {
      half.once('close', resolve).write('{"TableName"', () => half.destroy())
    })
    expect((await send('test', 'ListTables', {})).status).toBe(200)
    await close()
    await dynamoDb.close()
  })

  it.each([
    ['test', 200, undefined],
    ['AKIA', 403, 'UnrecognizedClientException'],
  ])('answers the key %s with %i, and logs it', async (key, status, error) => {
    const { dynamoDb, send, close } = await serving()
    expect((await send(key, 'ListTables', {})).status).toBe(status)
    await close()
    await dynamoDb.close()
    expect(lines().at(-1)).toMatchObject({
      operation: 'dynamodb:ListTables',
      status,
      ...(error == null ? {} : { error }),
    })
  })
})
