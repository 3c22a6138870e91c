import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import type { TokenRecord } from '../auth/token.ts'
import { demandUser } from '../auth/principal.ts'
import { createToken, revokeToken } from '../auth/tokens.ts'
import { RegistryError } from '../errors.ts'
import { moment } from './format.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { sendPage } from './page.ts'
import { demandOwnForm, demandSession, visitorOf } from './visitor.ts'
import type { Visitor } from './visitor.ts'

const lifetimes = [
  ['7', '7 days'],
  ['30', '30 days'],
  ['90', '90 days'],
  ['365', 'a year'],
  ['', 'for ever'],
] as const

/** Somebody's own tokens: what there is, making one, revoking one. */
export function tokenPages(fastify: FastifyInstance, context: Context): void {
  const { registry } = context

  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    visitor: Visitor,
    notice?: { readonly body: Html; readonly status: number },
  ) => {
    const { user } = demandUser(visitor.principal)
    const tokens = await registry.identities.tokens(user)
    const body = html`<h1>Your tokens</h1>
      <p class="lead">A token acts as you, from a script or a terminal. Give each only what it needs.</p>
      ${notice?.body} ${list(tokens, visitor)} ${visitor.session && creation(visitor)}`
    return sendPage(reply, visitor, { title: 'Your tokens', place: 'tokens', body, status: notice?.status ?? 200 })
  }

  fastify.get('/-/web/tokens', async (request, reply) => show(request, reply, await visitorOf(context, request, reply)))

  fastify.post('/-/web/tokens', async (request, reply) => {
    const visitor = await visitorOf(context, request, reply)
    const { user } = demandSession(visitor).principal
    const { label = '', kind, ranges = '', days = '' } = demandOwnForm(context, request, visitor)
    try {
      const wish = {
        label: label.trim().slice(0, 200),
        readonly: kind !== 'write',
        ranges: ranges
          .split(/[\s,]+/)
          .filter(Boolean)
          .slice(0, 50),
        days: days === '' ? undefined : lifetimeOf(days),
      }
      const { token } = await createToken(registry, user, wish, request)
      const body = html`<div class="notice good" role="status">
        <p><strong>The token is made.</strong> Copy it now: it is shown this once.</p>
        <code id="token">${token}</code>
      </div>`
      return await show(request, reply, visitor, { body, status: 201 })
    } catch (error) {
      if (!(error instanceof RegistryError) || error.code !== 'BAD_REQUEST') throw error
      const body = html`<div class="notice bad" role="alert"><p>No token was made: ${error.message}.</p></div>`
      return show(request, reply, visitor, { body, status: 400 })
    }
  })

  fastify.post('/-/web/tokens/revoke', async (request, reply) => {
    const visitor = await visitorOf(context, request, reply)
    const { user } = demandSession(visitor).principal
    const { key = '' } = demandOwnForm(context, request, visitor)
    await revokeToken(registry, user, key, request)
    return reply.redirect('/-/web/tokens', 303)
  })
}

function lifetimeOf(days: string): number {
  const whole = Number(days)
  if (Number.isInteger(whole) && whole >= 1 && whole <= 3650) return whole
  throw new RegistryError('BAD_REQUEST', 'expected a lifetime of 1 to 3650 days')
}

function list(tokens: readonly TokenRecord[], { session, formToken }: Visitor): Html {
  if (tokens.length === 0) return html`<div class="panel empty"><p class="muted">You have no token.</p></div>`
  return html`<div class="scroll" role="region" aria-label="Your tokens" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">Token</th>
          <th scope="col">May</th>
          <th scope="col">From</th>
          <th scope="col">Made</th>
          <th scope="col">Expires</th>
          ${session && html`<th scope="col"><span class="unseen">Revoke</span></th>`}
        </tr>
      </thead>
      <tbody>
        ${tokens.map(
          ({ key, label, hint, readonly, cidr, created, expires }) =>
            html`<tr>
              <th scope="row">${label === '' ? 'Token' : label}<br /><code class="muted">${hint}</code></th>
              <td>
                ${readonly ? html`<span class="badge">read</span>` : html`<span class="badge warn">read and write</span>`}
              </td>
              <td>${cidr.length === 0 ? 'anywhere' : cidr.join(', ')}</td>
              <td class="when">${moment(created)}</td>
              <td class="when">${expires ? moment(expires) : 'never'}</td>
              ${
                session &&
                html`<td>
                  <form method="post" action="/-/web/tokens/revoke">
                    <input type="hidden" name="form" value="${formToken}" /><input
                      type="hidden"
                      name="key"
                      value="${key}"
                    /><button class="small danger" aria-label="Revoke ${label === '' ? 'the token' : label}, ${hint}">
                      Revoke
                    </button>
                  </form>
                </td>`
              }
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

const creation = ({ formToken }: Visitor): Html =>
  html`<h2 id="create">Make a token</h2>
    <form class="stack panel" method="post" action="/-/web/tokens" aria-labelledby="create">
      <input type="hidden" name="form" value="${formToken}" />
      <div>
        <label for="label">Name</label
        ><input
          id="label"
          name="label"
          maxlength="200"
          required
          placeholder="Build server"
          aria-describedby="label-hint"
        />
        <p class="hint" id="label-hint">Where it will be used, so that you know it again.</p>
      </div>
      <div>
        <label for="kind">What it may do</label
        ><select id="kind" name="kind">
          <option value="read">Read only</option>
          <option value="write">Read and write</option>
        </select>
      </div>
      <div>
        <label for="days">How long it lasts</label
        ><select id="days" name="days">
          ${lifetimes.map(([days, label]) => html`<option value="${days}" ${days === '90' && html` selected`}>${label}</option>`)}
        </select>
      </div>
      <div>
        <label for="ranges">Addresses it may be used from</label
        ><input
          id="ranges"
          name="ranges"
          placeholder="10.0.0.0/8, 2001:db8::/32"
          spellcheck="false"
          autocomplete="off"
          aria-describedby="ranges-hint"
        />
        <p class="hint" id="ranges-hint">CIDR ranges; leave it empty for anywhere.</p>
      </div>
      <button class="primary">Make the token</button>
    </form>`
