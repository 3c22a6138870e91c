import type { FastifyInstance, FastifyReply } from 'fastify'
import * as z from 'zod'
import type { Context } from '../context.ts'
import { RegistryError } from '../errors.ts'
import { adminHead } from './admin-pages.ts'
import { moment } from './format.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { sendPage } from './page.ts'
import { demandAdmin, demandOwnForm, demandSession, visitorOf } from './visitor.ts'
import type { Visitor } from './visitor.ts'
import { ask } from '../shards/ask.ts'

const peopleAtOnce = 200

const userName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'lower case letters, digits, dots and dashes for the name')
const role = z.enum(['read', 'publish', 'admin'])
const scope = z.string().regex(/^(\*|@[a-z0-9~-][a-z0-9._~-]*)$/, 'a scope such as @acme, or *')
const newPersonSchema = z.object({
  user: userName,
  password: z.string().min(12, 'a password of at least 12 characters').max(1024),
  role,
  scope,
})
const grantSchema = z.object({ user: userName, scope, role: z.union([role, z.literal('none')]) })

interface Person {
  readonly name: string
  readonly created: Date
  readonly grants: Record<string, string> | null
}

/** Where an administrator makes users and says what they may do in which scope. */
export function peoplePages(fastify: FastifyInstance, context: Context): void {
  const { identities, home } = context.registry

  const show = async (reply: FastifyReply, visitor: Visitor, refusal?: string) => {
    const { rows } = await ask<Person>(
      home,
      `select u.name, u.created, (select json_object_agg(g.scope, g.role order by g.scope) from registry.grants g where g.user_name = u.name) as grants
       from registry.users u order by u.name limit ${peopleAtOnce}`,
    )
    const body = html`${adminHead('/-/web/admin/people')}
    ${refusal !== undefined && html`<div class="notice bad" role="alert"><p>Nothing was changed: ${refusal}.</p></div>`}
    ${people(rows, visitor)} ${visitor.session && forms(visitor)}`
    return sendPage(reply, visitor, {
      title: 'People',
      place: 'admin',
      body,
      status: refusal === undefined ? 200 : 400,
    })
  }

  fastify.get('/-/web/admin/people', async (request, reply) => {
    const visitor = await visitorOf(context, request, reply)
    demandAdmin(visitor)
    return show(reply, visitor)
  })

  fastify.post('/-/web/admin/people', async (request, reply) => {
    const visitor = await visitorOf(context, request, reply)
    const { user: actor } = demandSession(visitor).principal
    demandAdmin(visitor)
    const parsed = newPersonSchema.safeParse(demandOwnForm(context, request, visitor))
    if (!parsed.success) return show(reply, visitor, expected(parsed.error))
    const { user, password, role, scope } = parsed.data
    const isMade = await identities.createUser(user, '', password, { [scope]: role }, (made) =>
      made ? { actor, action: 'user-create', subject: user, request, detail: { scope, role } } : undefined,
    )
    if (!isMade) return show(reply, visitor, `there is a user ${user} already`)
    return reply.redirect('/-/web/admin/people', 303)
  })

  fastify.post('/-/web/admin/grants', async (request, reply) => {
    const visitor = await visitorOf(context, request, reply)
    const { user: actor } = demandSession(visitor).principal
    demandAdmin(visitor)
    const parsed = grantSchema.safeParse(demandOwnForm(context, request, visitor))
    if (!parsed.success) return show(reply, visitor, expected(parsed.error))
    const { user, scope, role } = parsed.data
    if (user === actor && scope === '*' && role !== 'admin')
      return show(reply, visitor, 'you cannot take the administration away from yourself')
    if (!(await identities.findUser(user))) throw new RegistryError('NOT_FOUND', `there is no user ${user}`)
    await identities.grant(user, scope, role === 'none' ? undefined : role, () => ({
      actor,
      action: 'grant',
      subject: user,
      request,
      detail: { scope, role },
    }))
    return reply.redirect('/-/web/admin/people', 303)
  })
}

const expected = (error: z.ZodError): string => `expected ${error.issues.map(({ message }) => message).join('; ')}`

function people(rows: readonly Person[], { session, formToken }: Visitor): Html {
  return html`<div class="scroll" role="region" aria-label="People" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">User</th>
          <th scope="col">Roles</th>
          <th scope="col">Since</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ name, created, grants }) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td>
                <ul class="lines">
                  ${Object.entries(grants ?? {}).map(
                    ([scope, role]) =>
                      html`<li>
                        <span
                          ><code>${scope}</code>
                          <span class="badge ${role === 'admin' ? 'warn' : 'tint'}">${role}</span></span
                        >${session && html`<form method="post" action="/-/web/admin/grants"><input type="hidden" name="form" value="${formToken}" /><input type="hidden" name="user" value="${name}" /><input type="hidden" name="scope" value="${scope}" /><input type="hidden" name="role" value="none" /><button class="small danger" aria-label="Take away ${role} in ${scope} from ${name}">Take away</button></form>`}
                      </li>`,
                  )}
                </ul>
              </td>
              <td class="when">${moment(created)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

const roles = (id: string): Html =>
  html`<div>
    <label for="${id}">Role</label
    ><select id="${id}" name="role">
      <option value="read">read</option>
      <option value="publish">publish</option>
      <option value="admin">admin</option>
    </select>
  </div>`

const forms = ({ formToken }: Visitor): Html =>
  html`<h2 id="grant">Give a role</h2>
    <form class="row panel" method="post" action="/-/web/admin/grants" aria-labelledby="grant">
      <input type="hidden" name="form" value="${formToken}" />
      <div>
        <label for="grant-user">User</label
        ><input id="grant-user" name="user" required autocapitalize="none" spellcheck="false" autocomplete="off" />
      </div>
      <div>
        <label for="grant-scope">Scope, or * for all</label
        ><input id="grant-scope" name="scope" required placeholder="@acme" spellcheck="false" autocomplete="off" />
      </div>
      ${roles('grant-role')}<button class="primary">Give</button>
    </form>
    <h2 id="new">Make a user</h2>
    <form class="row panel" method="post" action="/-/web/admin/people" aria-labelledby="new">
      <input type="hidden" name="form" value="${formToken}" />
      <div>
        <label for="new-user">User</label
        ><input id="new-user" name="user" required autocapitalize="none" spellcheck="false" autocomplete="off" />
      </div>
      <div>
        <label for="new-password">First password</label
        ><input id="new-password" name="password" type="password" required minlength="12" autocomplete="new-password" />
      </div>
      <div>
        <label for="new-scope">Scope, or * for all</label
        ><input id="new-scope" name="scope" required placeholder="@acme" spellcheck="false" autocomplete="off" />
      </div>
      ${roles('new-role')}<button class="primary">Make</button>
    </form>`
