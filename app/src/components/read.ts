import type { Router } from '../shards/router.ts'
import type { ComponentItem } from './item.ts'
import { ask } from '../shards/ask.ts'

/** A version's component with its files; nothing when it carries none. */
export async function readComponent(router: Router, name: string, version: string): Promise<ComponentItem | null> {
  const row = await router.read(name, async ({ schema, pool, slot }) => {
    const { rows } = await ask<{ epoch: number; state: string; component: ComponentItem | null }>(
      pool,
      `select s.epoch, s.state, v.component from ${schema}.slots s
       left join ${schema}.versions v on v.name = $2 and v.version = $3 where s.slot = $1`,
      [slot, name, version],
    )
    return rows[0]
  })
  return row.component
}
