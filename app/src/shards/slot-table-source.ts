import type pg from 'pg'
import type { Config } from '../config.ts'
import type { DynamoSlotTable } from './dynamo-slot-table.ts'
import { PostgresSlotTable } from './slot-table.ts'
import type { SlotTableSource } from './slot-table.ts'

/** DynamoDB when SLOT_TABLE names a table; the first cluster otherwise. */
export async function openSlotTable(config: Config, home: pg.Pool): Promise<SlotTableSource> {
  return (await openDynamo(config)) ?? new PostgresSlotTable(home)
}

/** Loaded where it is used alone: Amazon's SDK weighs over twenty megabytes in memory. */
async function openDynamo({ SLOT_TABLE, DYNAMODB_ENDPOINT }: Config): Promise<DynamoSlotTable | undefined> {
  if (!SLOT_TABLE) return undefined
  const { DynamoSlotTable: Table } = await import('./dynamo-slot-table.ts')
  return new Table(SLOT_TABLE, DYNAMODB_ENDPOINT)
}

/** After a migration: fills a new DynamoDB table from what the databases were given. Safe to repeat. */
export async function seedSlotTable(config: Config, home: pg.Pool, create: boolean): Promise<void> {
  const table = await openDynamo(config)
  if (!table) return
  if (create) await table.create()
  await table.seed(await new PostgresSlotTable(home).load())
}
