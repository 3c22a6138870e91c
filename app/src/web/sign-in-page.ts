import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import { audit } from '../auth/audit.ts'
import { approveLogin } from '../auth/web-login.ts'
import { RegistryError } from '../errors.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { sendPage } from './page.ts'
import { beginSession, demandOwnForm, demandSession, endSession, visitorOf } from './visitor.ts'
import type { Visitor } from './visitor.ts'

/** Where somebody goes after signing in: a page of ours, or the first one. */
const pageOf = (next: string | undefined): string =>
  next !== undefined && /^\/-\/web\/[\w\-./@%?=&~+]*$/.test(next) ? next : '/-/web/'

interface SignInQuery {
  for?: string
  next?: string
}

/** Signing in and out, and letting the `npm login` that waits in a terminal in. */
export function signInRoutes(fastify: FastifyInstance, context: Context): void {
  const { home } = context.registry

  fastify.get<{ Querystring: SignInQuery }>('/-/web/login', async (request, reply) => {
    const visitor = await visitorOf(context, request, reply)
    const { for: waiting = '', next } = request.query
    if (visitor.session && waiting === '') return reply.redirect(pageOf(next), 303)
    const body = visitor.session ? approval(visitor, waiting) : form(visitor, { waiting, next: pageOf(next) })
    return sendPage(reply, visitor, { title: 'Sign in', place: 'sign-in', body })
  })

  fastify.post('/-/web/login', async (request, reply) => {
    const visitor = await visitorOf(context, request, reply)
    const fields = demandOwnForm(context, request, visitor)
    const { for: waiting = '', next, user = '', password = '' } = fields
    if (visitor.session) {
      if (waiting === '') return reply.redirect(pageOf(next), 303)
      return letIn(request, reply, visitor, waiting, visitor.session.principal.user)
    }
    const retry = (message: string, status: number) =>
      sendPage(reply, visitor, {
        title: 'Sign in',
        place: 'sign-in',
        status,
        body: form(visitor, { waiting, next: pageOf(next), user, message }),
      })
    if (user === '' || password === '') return retry('User name and password are needed.', 400)
    try {
      await context.byPassword(request, user, password)
    } catch (error) {
      if (error instanceof RegistryError && error.code === 'BAD_CREDENTIALS')
        return retry('User name or password is wrong.', 401)
      throw error
    }
    await audit(home, { actor: user, action: 'sign-in', subject: user, request })
    await beginSession(context, request, reply, user)
    return waiting === '' ? reply.redirect(pageOf(next), 303) : letIn(request, reply, visitor, waiting, user)
  })

  async function letIn(
    request: FastifyRequest,
    reply: FastifyReply,
    visitor: Visitor,
    waiting: string,
    user: string,
  ): Promise<FastifyReply> {
    try {
      await approveLogin(home, waiting, user)
    } catch (error) {
      if (!(error instanceof RegistryError) || error.code !== 'NOT_FOUND') throw error
      const body = panel(
        'This sign-in has expired',
        html`<p>It was used already, or more than ten minutes have gone by. Run <code>npm login</code> again.</p>`,
      )
      return sendPage(reply, visitor, { title: 'This sign-in has expired', status: 404, body })
    }
    await audit(home, { actor: user, action: 'login-approve', subject: user, request })
    const body = panel(
      'Signed in',
      html`<p>Return to your terminal: it goes on by itself as <strong>${user}</strong>. This page may be closed.</p>`,
    )
    return sendPage(reply, visitor, { title: 'Signed in', body })
  }

  fastify.post('/-/web/logout', async (request, reply) => {
    const visitor = await visitorOf(context, request, reply)
    const session = demandSession(visitor)
    demandOwnForm(context, request, visitor)
    await endSession(context, request, reply, session)
    const { user } = session.principal
    await audit(home, { actor: user, action: 'sign-out', subject: user, request })
    return reply.redirect('/-/web/', 303)
  })
}

const panel = (title: string, body: Html): Html =>
  html`<div class="panel narrow">
    <h1>${title}</h1>
    ${body}
  </div>`

interface Form {
  readonly waiting: string
  readonly next: string
  readonly user?: string
  readonly message?: string
}

function form({ formToken }: Visitor, { waiting, next, user = '', message }: Form): Html {
  return panel(
    'Sign in',
    html`${waiting !== '' && html`<p class="muted">A terminal waits for you: signing in here signs it in too.</p>`}
      ${message !== undefined && html`<div class="notice bad" role="alert"><p>${message}</p></div>`}
      <form class="stack" method="post" action="/-/web/login">
        <input type="hidden" name="form" value="${formToken}" /><input
          type="hidden"
          name="for"
          value="${waiting}"
        /><input type="hidden" name="next" value="${next}" />
        <div>
          <label for="user">User name</label
          ><input
            id="user"
            name="user"
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            required
            value="${user}"
          />
        </div>
        <div>
          <label for="password">Password</label
          ><input id="password" name="password" type="password" autocomplete="current-password" required />
        </div>
        <button class="primary">Sign in</button>
      </form>`,
  )
}

/** Somebody who is signed in already says yes: a link alone must not sign a terminal in. */
function approval({ formToken, principal }: Visitor, waiting: string): Html {
  return panel(
    'Sign a terminal in?',
    html`<p>
        A terminal asks to act as <strong>${principal?.user}</strong>. Go on only if you have just run
        <code>npm login</code> yourself.
      </p>
      <form class="stack" method="post" action="/-/web/login">
        <input type="hidden" name="form" value="${formToken}" /><input type="hidden" name="for" value="${waiting}" />
        <button class="primary">Sign the terminal in</button>
      </form>`,
  )
}
