import type pg from 'pg'
import type { PackageModel } from '../packages/model.ts'
import { scopeOf } from '../packages/names.ts'
import { ask } from '../shards/ask.ts'

/** Who may publish a package by a role in its scope, beside its owners. */
export async function publishersOf(home: pg.Pool, { name, maintainers }: PackageModel): Promise<string[]> {
  const { rows } = await ask<{ user_name: string }>(
    home,
    `select distinct user_name from registry.grants
     where role in ('publish', 'admin') and scope = any ($1) and user_name <> all ($2) order by user_name limit 100`,
    [['*', scopeOf(name) ?? '*'], maintainers.map((person) => person.name)],
  )
  return rows.map((row) => row.user_name)
}
