import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
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
const open = () => createDynamoDb({ stateFolder: folder, sessions: createSessions('000000000000', now), log })
const table = {
  TableName: 'slots',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
}
const context = { generated: 'x', existing: undefined, before: undefined, account: '000000000000', region: 'us-east-1' }

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

  it.each([
    ['test', 200, undefined],
    ['AKIA', 403, 'UnrecognizedClientException'],
  ])('answers the key %s with %i, and logs it', async (key, status, error) => {
    const dynamoDb = open()
    const server = createServer((request, response) => void dynamoDb.answer(request, response))
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.ListTables',
        'x-amz-date': '20260101T000000Z',
        authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: '{}',
    })
    expect(answer.status).toBe(status)
    await answer.text()
    server.close()
    server.closeAllConnections()
    await dynamoDb.close()
    const last = JSON.parse(readFileSync(log.file, 'utf8').trim().split('\n').at(-1) ?? '') as object
    expect(last).toMatchObject({ operation: 'dynamodb:ListTables', status, ...(error == null ? {} : { error }) })
  })
})
