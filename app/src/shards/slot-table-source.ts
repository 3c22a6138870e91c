import type pg from 'pg'
import type { Config } from '../config.ts'
import { DynamoSlotTable } from './dynamo-slot-table.ts'
import { PostgresSlotTable } from './slot-table.ts'
import type { SlotTableSource } from './slot-table.ts'

/** DynamoDB when SLOT_TABLE names a table; the first cluster otherwise. */
export function openSlotTable({ SLOT_TABLE, DYNAMODB_ENDPOINT }: Config, home: pg.Pool): SlotTableSource {
  return SLOT_TABLE ? new DynamoSlotTable(SLOT_TABLE, DYNAMODB_ENDPOINT) : new PostgresSlotTable(home)
}

/** After a migration: fills a new DynamoDB table from what the databases were given. Safe to repeat. */
export async function seedSlotTable(
  { SLOT_TABLE, DYNAMODB_ENDPOINT }: Config,
  home: pg.Pool,
  create: boolean,
): Promise<void> {
  if (!SLOT_TABLE) return
  const table = new DynamoSlotTable(SLOT_TABLE, DYNAMODB_ENDPOINT)
  if (create) await table.create()
  await table.seed(await new PostgresSlotTable(home).load())
}
