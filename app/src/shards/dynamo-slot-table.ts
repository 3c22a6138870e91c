import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ResourceInUseException,
  ScanCommand,
  UpdateItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { assembleSlotTable } from './slot-table.ts'
import type { SlotRecord, SlotTable, SlotTableSource } from './slot-table.ts'

const keyOfFirst = 'first'
const keyOfSlot = (slot: number) => `slot#${String(slot).padStart(4, '0')}`
const keyOfPlacement = (shard: number) => `placement#${shard}`
const number = (value: AttributeValue | undefined) => Number(value?.N)

const localCredentials = { accessKeyId: 'local', secretAccessKey: 'local' }

/** What every slot's epoch is until it first changes hands. */
const firstEpoch = 1

/** The shards of all slots in one item: two bytes each, the higher first. */
function firstRecords(bytes: Uint8Array): SlotRecord[] {
  const shards = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.length / 2 }, (_, slot) => ({
    slot,
    shard: shards.getUint16(slot * 2),
    epoch: firstEpoch,
  }))
}

/**
 * The slot table in DynamoDB: the item `first {shards}` says which shard each slot had in the beginning, `slot#0042 {shard, epoch}`
 * where a slot is since it changed hands, `placement#3 {cluster}` where a shard lies. A table may also hold every slot's own item.
 */
export class DynamoSlotTable implements SlotTableSource {
  readonly #client: DynamoDBClient
  readonly #table: string

  constructor(table: string, endpoint?: string) {
    this.#table = table
    this.#client = new DynamoDBClient({
      maxAttempts: 5,
      // An endpoint of this machine has no credentials to check; every other finds the task's own.
      ...(endpoint && { endpoint }),
      ...(endpoint &&
        /^https?:\/\/(127\.0\.0\.1|localhost)[:/]/.test(endpoint) && {
          region: 'us-east-1',
          credentials: localCredentials,
        }),
    })
  }

  async load(): Promise<SlotTable> {
    const slots: SlotRecord[] = []
    let first: readonly SlotRecord[] = []
    const placements = new Map<number, number>()
    let from: Record<string, AttributeValue> | undefined
    do {
      const { Items = [], LastEvaluatedKey } = await this.#client.send(
        new ScanCommand({ TableName: this.#table, ConsistentRead: true, ExclusiveStartKey: from }),
      )
      for (const item of Items) {
        if (item['id']?.S === keyOfFirst) first = firstRecords(item['shards']?.B ?? new Uint8Array())
        const [kind, id] = (item['id']?.S ?? '').split('#')
        if (kind === 'slot')
          slots.push({ slot: Number(id), shard: number(item['shard']), epoch: number(item['epoch']) })
        if (kind === 'placement') placements.set(Number(id), number(item['cluster']))
      }
      from = LastEvaluatedKey
    } while (from)
    return assembleSlotTable([...first, ...slots], placements)
  }

  async reassign(slot: number, shard: number, epoch: number): Promise<boolean> {
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: { id: { S: keyOfSlot(slot) } },
          UpdateExpression: 'set #shard = :shard, epoch = :next',
          // A slot that never changed hands may have no item of its own.
          ConditionExpression: `${epoch === firstEpoch ? 'attribute_not_exists(id) or ' : ''}epoch = :epoch`,
          // A reserved word of DynamoDB's: by its own name the whole expression is refused.
          ExpressionAttributeNames: { '#shard': 'shard' },
          ExpressionAttributeValues: {
            ':shard': { N: String(shard) },
            ':epoch': { N: String(epoch) },
            ':next': { N: String(epoch + 1) },
          },
        }),
      )
      return true
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false
      throw error
    }
  }

  async place(shard: number, cluster: number): Promise<void> {
    await this.#putNew({ id: { S: keyOfPlacement(shard) }, cluster: { N: String(cluster) } })
  }

  /** Makes the table where it may (the embedded one); in AWS the infrastructure has made it. */
  async create(): Promise<void> {
    await this.#client
      .send(
        new CreateTableCommand({
          TableName: this.#table,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        }),
      )
      .catch((error: unknown) => {
        if (!(error instanceof ResourceInUseException)) throw error
      })
    await waitUntilTableExists(
      { client: this.#client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 },
      { TableName: this.#table },
    )
  }

  /**
   * Fills an empty table from what the first migration wrote into the databases; a table that is whole is left alone. The first item
   * comes last: without it the table is not whole, and nobody reads it.
   */
  async seed({ shards, epochs, placements }: SlotTable): Promise<void> {
    const whole = await this.load().then(
      () => true,
      (error: unknown) => {
        if (/expected a slot table/.test(String(error))) return false
        throw error
      },
    )
    if (whole) return
    for (const [shard, cluster] of placements) await this.place(shard, cluster)
    const first = new DataView(new ArrayBuffer(shards.length * 2))
    for (const [slot, shard] of shards.entries()) {
      first.setUint16(slot * 2, shard)
      const epoch = epochs[slot] ?? firstEpoch
      if (epoch !== firstEpoch)
        await this.#putNew({ id: { S: keyOfSlot(slot) }, shard: { N: String(shard) }, epoch: { N: String(epoch) } })
    }
    await this.#putNew({ id: { S: keyOfFirst }, shards: { B: new Uint8Array(first.buffer) } })
  }

  /** Leaves an item that is there as it is: another migration was faster, or a slot has moved since. */
  async #putNew(item: Record<string, AttributeValue>): Promise<void> {
    await this.#client
      .send(new PutItemCommand({ TableName: this.#table, Item: item, ConditionExpression: 'attribute_not_exists(id)' }))
      .catch((error: unknown) => {
        if (!(error instanceof ConditionalCheckFailedException)) throw error
      })
  }
}
