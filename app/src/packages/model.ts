import type { PackageAccess } from '../auth/principal.ts'
import type { Route, Router } from '../shards/router.ts'
import { ask } from '../shards/ask.ts'

export interface Person {
  readonly name: string
  readonly email?: string
}

/** What lists and searches show of a component. */
export interface ComponentSummary {
  readonly name: string
  /** shadcn's, such as `registry:ui`. */
  readonly type: string
  readonly title: string | null
  readonly description: string | null
  readonly categories: readonly string[] | null
  /** Of an item of type `registry:font`, which is none without it. */
  readonly font?: unknown
}

/** A version's manifest as it was published: package.json, and what npm adds. */
export type Manifest = Readonly<Record<string, unknown>>

export interface VersionModel {
  readonly version: string
  readonly manifest: Manifest
  readonly deprecated: string | null
  readonly integrity: string
  readonly shasum: string
  readonly artifact: string
  readonly size: number
  readonly files: number
  readonly unpacked: number
  /** ISO 8601. */
  readonly published: string
  readonly publisher: string
  /** The component that it carries, without its files. */
  readonly component: ComponentSummary | null
  readonly signature: { readonly keyid: string; readonly sig: string } | null
}

/** One package as its shard holds it: what every protocol and page renders from. */
export interface PackageModel extends PackageAccess {
  readonly name: string
  readonly revision: number
  readonly maintainers: readonly Person[]
  readonly readme: string
  readonly created: string
  readonly modified: string
  readonly tags: Readonly<Record<string, string>>
  /** Published ones, oldest first. */
  readonly versions: readonly VersionModel[]
}

interface PackageRow {
  epoch: number
  state: string
  model: PackageModel | null
  /** Of a package that is gone or never was: 0 when it never was. */
  revision: number
}

const packageQuery = (schema: string) => `
  select s.epoch, s.state, coalesce(p.revision, 0) as revision,
    case when p.name is null or p.unpublished is not null then null else json_build_object(
      'name', p.name, 'revision', p.revision, 'access', p.access, 'maintainers', p.maintainers, 'readme', p.readme,
      'created', to_char(p.created at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'modified', to_char(p.modified at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'tags', coalesce((select json_object_agg(t.tag, t.version order by t.tag) from ${schema}.tags t where t.name = p.name), '{}'),
      'versions', coalesce((select json_agg(json_build_object(
          'version', v.version, 'manifest', v.manifest, 'deprecated', v.deprecated, 'integrity', v.integrity,
          'shasum', v.shasum, 'artifact', v.artifact, 'size', v.size, 'files', v.files, 'unpacked', v.unpacked,
          'published', to_char(v.published at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
          'publisher', v.publisher, 'component', case when v.component is null then null else json_build_object(
            'name', v.component -> 'name', 'type', v.component -> 'type', 'title', v.component -> 'title',
            'description', v.component -> 'description', 'categories', v.component -> 'categories', 'font', v.component -> 'font') end, 'signature', v.signature) order by v.published, v.version)
        from ${schema}.versions v where v.name = p.name and v.unpublished is null), '[]')) end as model
  from ${schema}.slots s left join ${schema}.packages p on p.name = $2
  where s.slot = $1`

/** Reads a package from the writer of its shard. Nothing when there is none (any more). */
export async function readPackage(
  router: Router,
  name: string,
): Promise<{ model: PackageModel | undefined; revision: number }> {
  const row = await router.read<PackageRow>(name, async ({ schema, pool, slot }) => {
    const { rows } = await ask<PackageRow>(pool, {
      name: `${schema}:package`,
      text: packageQuery(schema),
      values: [slot, name],
    })
    return rows[0]
  })
  return { model: row.model ?? undefined, revision: row.revision }
}

/** The revision alone: what a process without a coherence lease asks before it answers from memory. */
export async function readRevision(router: Router, name: string): Promise<number> {
  const row = await router.read(name, async ({ schema, pool, slot }: Route) => {
    const { rows } = await ask<{ epoch: number; state: string; revision: number }>(pool, {
      name: `${schema}:revision`,
      text: `select s.epoch, s.state, coalesce(p.revision, 0) as revision
             from ${schema}.slots s left join ${schema}.packages p on p.name = $2 where s.slot = $1`,
      values: [slot, name],
    })
    return rows[0]
  })
  return row.revision
}
