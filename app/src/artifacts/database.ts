import type pg from 'pg'
import type { Route, Router } from '../shards/router.ts'
import type { ArtifactStore } from './store.ts'
import { verified } from './verify.ts'
import { ask } from '../shards/ask.ts'

/**
 * Artifacts in the shard of their package: what is used when ARTIFACTS is not set. Every task sees the same bytes with nothing
 * but the databases; for big registries an object store is cheaper.
 */
export class DatabaseArtifacts implements ArtifactStore {
  readonly #router: Router

  constructor(router: Router) {
    this.#router = router
  }

  async put(name: string, digest: string, bytes: Buffer): Promise<void> {
    await this.#router.write(name, (client, route) => this.putWithin(client, route, digest, bytes))
  }

  async putWithin(client: pg.PoolClient, { schema }: Route, digest: string, bytes: Buffer): Promise<void> {
    // A repeat counts as stored now, so that the sweep does not take what a publish is about to use; and mends what is not what it was.
    await client.query({
      name: `${schema}:store`,
      text: `insert into ${schema}.artifacts (digest, bytes) values ($1, $2) on conflict (digest) do update set stored = now(),
               bytes = case when artifacts.bytes = excluded.bytes then artifacts.bytes else excluded.bytes end`,
      values: [digest, bytes],
    })
  }

  async get(name: string, digest: string): Promise<Buffer> {
    const { bytes } = await this.#router.read(name, async ({ schema, pool, slot }) => {
      const { rows } = await ask<{ epoch: number; state: string; bytes: Buffer | null }>(pool, {
        name: `${schema}:artifact`,
        text: `select s.epoch, s.state, a.bytes from ${schema}.slots s left join ${schema}.artifacts a on a.digest = $2 where s.slot = $1`,
        values: [slot, digest],
      })
      return rows[0]
    })
    if (!bytes) throw new Error(`artifact ${digest.slice(0, 16)} of ${name}: expected it in its shard, found none`)
    return verified(digest, bytes)
  }

  async sweep(olderThanMs: number): Promise<number> {
    let swept = 0
    for (const { schema, pool } of this.#router.shards()) {
      const { rowCount } = await pool.query(
        `delete from ${schema}.artifacts a where stored < now() - $1 * interval '1 millisecond'
         and not exists (select 1 from ${schema}.versions v where v.artifact = a.digest and v.unpublished is null)`,
        [olderThanMs],
      )
      swept += rowCount ?? 0
    }
    return swept
  }
}
