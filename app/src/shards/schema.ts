/** One step of a schema's history. Never edited after a release: a change is a new step, and old releases run beside it. */
export interface Migration {
  readonly id: string
  readonly sql: string
}

/**
 * Refuses instead of ignoring, and refuses `truncate`, which rules do not see. Whoever owns the table can still drop the trigger: a
 * registry's own database user can not be kept from what it made.
 */
const auditIsAppendOnly = `
      create function audit_is_append_only() returns trigger language plpgsql as $$
      begin
        raise exception 'the audit log is append-only: % is refused', lower(tg_op) using errcode = 'insufficient_privilege';
      end $$;
      drop rule audit_never_changes on audit;
      drop rule audit_never_shrinks on audit;
      create trigger audit_is_append_only before update or delete or truncate on audit
        for each statement execute function audit_is_append_only();`

/** The schema `registry` of the first cluster: what does not belong to a package. */
export const homeMigrations: readonly Migration[] = [
  {
    id: '001-users-tokens-slots',
    sql: `
      create table users (
        name text primary key,
        email text not null default '',
        password text,
        created timestamptz not null default now(),
        updated timestamptz not null default now()
      );
      create table grants (
        user_name text not null references users (name) on delete cascade,
        scope text not null,
        role text not null check (role in ('read', 'publish', 'admin')),
        primary key (user_name, scope)
      );
      create table tokens (
        key text primary key,
        hash bytea not null unique,
        hint text not null,
        user_name text not null references users (name) on delete cascade,
        label text not null default '',
        readonly boolean not null default false,
        cidr text[] not null default '{}',
        created timestamptz not null default now(),
        expires timestamptz,
        revoked timestamptz
      );
      create index tokens_by_user on tokens (user_name) where revoked is null;
      create table placements (shard integer primary key, cluster integer not null);
      create table slots (
        slot integer primary key check (slot between 0 and 4095),
        shard integer not null references placements (shard),
        epoch bigint not null default 1,
        state text not null default 'owned'
      );
      create table audit (
        id bigint generated always as identity primary key,
        at timestamptz not null default now(),
        actor text, action text not null, subject text not null, request_id text, address text,
        detail jsonb not null default '{}'
      );
      create table documents (
        name text primary key,
        shard integer not null,
        revision bigint not null,
        document jsonb,
        modified timestamptz not null default now()
      );
      create index documents_by_change on documents (modified);
      create table processes (id text primary key, lease_until timestamptz not null);
      create table logins (
        id text primary key,
        secret bytea not null,
        created timestamptz not null default now(),
        user_name text,
        token text
      );
      create rule audit_never_changes as on update to audit do instead nothing;
      create rule audit_never_shrinks as on delete to audit do instead nothing;`,
  },
  {
    id: '002-documents-by-transaction',
    // A trigger, not a default: a release that does not know the column updates rows too.
    sql: `
      alter table documents add column tx xid8 not null default pg_current_xact_id();
      create function documents_changed() returns trigger language plpgsql as $$
      begin
        new.tx := pg_current_xact_id();
        return new;
      end $$;
      create trigger documents_changed before insert or update on documents for each row execute function documents_changed();
      create index documents_by_transaction on documents (tx);`,
  },
  {
    id: '003-sessions',
    sql: `
      create table sessions (
        hash bytea primary key,
        user_name text not null references users (name) on delete cascade,
        created timestamptz not null default now(),
        expires timestamptz not null
      );
      create index sessions_by_expiry on sessions (expires);`,
  },
  {
    id: '004-slot-requests',
    sql: `
      create table slot_requests (
        hour timestamptz not null,
        slot integer not null,
        requests bigint not null,
        primary key (hour, slot)
      );`,
  },
  { id: '005-audit-refuses', sql: auditIsAppendOnly },
]

/** Each logical shard's schema (`shard_0` and so on). */
export const shardMigrations: readonly Migration[] = [
  {
    id: '001-packages',
    sql: `
      create table slots (
        slot integer primary key,
        epoch bigint not null,
        state text not null default 'owned'
      );
      create table packages (
        name text primary key,
        slot integer not null,
        revision bigint not null default 0,
        access text not null default 'public' check (access in ('public', 'restricted')),
        maintainers jsonb not null default '[]',
        readme text not null default '',
        created timestamptz not null default now(),
        modified timestamptz not null default now(),
        unpublished timestamptz
      );
      create index packages_by_slot on packages (slot);
      create table versions (
        name text not null references packages (name) on delete cascade,
        version text not null,
        manifest json,
        component json,
        deprecated text,
        integrity text not null,
        shasum text not null,
        artifact text not null,
        size bigint not null,
        files integer not null default 0,
        unpacked bigint not null default 0,
        published timestamptz not null default now(),
        publisher text not null,
        unpublished timestamptz,
        primary key (name, version)
      );
      create index versions_by_artifact on versions (artifact);
      create table tags (
        name text not null references packages (name) on delete cascade,
        tag text not null,
        version text not null,
        primary key (name, tag)
      );
      create table artifacts (
        digest text primary key,
        bytes bytea not null,
        stored timestamptz not null default now()
      );
      alter table artifacts alter column bytes set storage external;
      create table outbox (
        id bigint generated always as identity primary key,
        name text not null,
        revision bigint not null,
        at timestamptz not null default now()
      );
      create table audit (
        id bigint generated always as identity primary key,
        at timestamptz not null default now(),
        actor text, action text not null, subject text not null, request_id text, address text,
        detail jsonb not null default '{}'
      );
      create rule audit_never_changes as on update to audit do instead nothing;
      create rule audit_never_shrinks as on delete to audit do instead nothing;`,
  },
  {
    id: '002-signatures',
    sql: `alter table versions add column signature json;`,
  },
  { id: '003-audit-refuses', sql: auditIsAppendOnly },
]
