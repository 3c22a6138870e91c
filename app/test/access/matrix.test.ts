import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, publish } from '../client.ts'
import { startDatabases } from '../running-registry.ts'
import type { Databases, RunningRegistry } from '../running-registry.ts'
import { actors, makeActors } from './actors.ts'
import type { Actor, People } from './actors.ts'
import { cells } from './cells.ts'
import type { Cell, Made } from './cells.ts'

let databases: Databases
let server: RunningRegistry
let people: People

const component = {
  'a.tsx': 'export {}',
  'registry-item.json': JSON.stringify({ type: 'registry:ui', files: [{ path: 'a.tsx', type: 'registry:ui' }] }),
}

beforeAll(async () => {
  databases = await startDatabases()
  server = await databases.start({ REGISTRY_SELF_REGISTRATION: 'closed' })
  people = await makeActors(server)
  const admin = people.admin.token ?? ''
  await publish(server.url, admin, 'plain', '1.0.0')
  await publish(server.url, admin, '@acme/open', '1.0.0', { files: component })
  await publish(server.url, admin, '@acme/closed', '1.0.0', { files: component, access: 'restricted' })
  await server.registry.outbox.drain()
  await server.registry.search.refresh()
})
afterAll(async () => databases.close())

/** What a cell needs, made afresh for this actor. */
async function prepare({ needs, needsToken }: Cell, actor: Actor): Promise<Made> {
  const admin = people.admin.token ?? ''
  let rev = ''
  if (needs) {
    const name = needs(actor)
    await publish(server.url, admin, name, '1.0.0')
    const tag = `${server.url}/-/package/${name.replace('/', '%2f')}/dist-tags/old`
    await call(tag, { method: 'PUT', token: admin, body: '1.0.0' })
    const { body } = await call<{ _rev: string }>(`${server.url}/${name.replace('/', '%2f')}?write=true`, {
      token: admin,
    })
    rev = body._rev
  }
  const made = needsToken ? await server.registry.identities.issueToken(people[actor].user) : undefined
  return { rev, token: made?.token ?? '', key: made?.record.key ?? '' }
}

async function statusOf(method: string, cell: Cell, actor: Actor): Promise<number> {
  const person = people[actor]
  const made = await prepare(cell, actor)
  const body = cell.body?.(actor, person)
  const response = await fetch(server.url + cell.path(actor, person, made), {
    method,
    redirect: 'manual',
    headers: {
      ...(person.token !== undefined && { authorization: `Bearer ${person.token}` }),
      ...(body !== undefined && !cell.form && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && {
      body: cell.form ? new URLSearchParams(body as Record<string, string>) : JSON.stringify(body),
    }),
  })
  await response.arrayBuffer()
  return response.status
}

describe('the access matrix', () => {
  it('has a line for every route of the router, and none for a route that is not there', () => {
    expect(Object.keys(cells).toSorted()).toEqual([...server.routes].toSorted())
  })

  it.each(Object.entries(cells).flatMap(([route, list]) => list.map((cell, index) => [route, index, cell] as const)))(
    '%s (%i)',
    async (route, _index, cell) => {
      const [method = ''] = route.split(' ')
      const found: Partial<Record<Actor, number>> = {}
      for (const actor of actors) found[actor] = await statusOf(method, cell, actor)
      expect(found).toEqual(cell.statuses)
    },
  )

  it('changed nothing for anybody who was refused', async () => {
    const admin = people.admin.token ?? ''
    for (const actor of actors) {
      const name = `@acme/publish-${actor.toLowerCase()}`
      const { body } = await call<{ versions: object }>(`${server.url}/${name}`, { token: admin })
      expect([actor, Object.keys(body.versions)]).toEqual([
        actor,
        actor === 'publisher' || actor === 'admin' ? ['1.0.0', '2.0.0'] : ['1.0.0'],
      ])
      const gone = await call(`${server.url}/@acme/unpublish-${actor.toLowerCase()}`, { token: admin })
      expect([actor, gone.status]).toEqual([actor, actor === 'publisher' || actor === 'admin' ? 404 : 200])
    }
    const people_ = await server.registry.home.query<{ role: string }>(
      "select role from registry.grants where user_name = 'publisher'",
    )
    expect(people_.rows).toEqual([{ role: 'publish' }])
  })
})
