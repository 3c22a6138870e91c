import type pg from 'pg'
import type { Config } from '../config.ts'
import { DynamoSlotTable } from './dynamo-slot-table.ts'
import { PostgresSlotTable } from './slot-table.ts'
import type { SlotTableSource } from './slot-table.ts'

/** DynamoDB when SLOT_TABLE names a table; the first cluster otherwise. */
export function openSlotTable({ SLOT_TABLE, DYNAMODB_ENDPOINT }: Config, home: pg.Pool): SlotTableSource {
  return SLOT_TABLE ? new DynamoSlotTable(SLOT_TABLE, DYNAMODB_ENDPOINT) : new PostgresSlotTable(home)
}
