import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import type { RegistryError } from '../errors.ts'
import { html } from './html.ts'
import { sendPage } from './page.ts'
import { visitorOf } from './visitor.ts'
import type { Visitor } from './visitor.ts'

const stranger: Visitor = { principal: undefined, session: undefined, formToken: '' }

/** Whether a browser asked for a page: it gets a page, and programs get a problem document. */
export const wantsPage = ({ url, headers }: FastifyRequest): boolean =>
  url.startsWith('/-/web/') && (headers.accept ?? '').includes('text/html')

/** A refusal as a page. Whoever must sign in first is sent there, and back afterwards. */
export async function sendErrorPage(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  error: RegistryError,
): Promise<FastifyReply> {
  if (error.code === 'UNAUTHENTICATED' && request.method === 'GET' && request.headers.authorization === undefined)
    return reply.redirect(`/-/web/login?next=${encodeURIComponent(request.url)}`, 303)
  const visitor = await visitorOf(context, request, reply).catch(() => stranger)
  const body = html`<div class="panel empty">
    <h1>${error.title}</h1>
    <p>${error.message}</p>
    <p class="muted">${error.code}, request <code>${request.id}</code></p>
    <p><a class="button" href="/-/web/">All packages</a></p>
  </div>`
  return sendPage(reply.headers(error.headers), visitor, { title: error.title, status: error.status, body })
}
