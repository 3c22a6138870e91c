import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import { demandUser, isAdmin } from '../auth/principal.ts'
import type { Principal } from '../auth/principal.ts'
import { formToken } from '../auth/sessions.ts'
import type { Session } from '../auth/sessions.ts'
import { RegistryError } from '../errors.ts'

/** Who looks at a page. */
export interface Visitor {
  readonly principal: Principal | undefined
  /** Absent for strangers, and for callers with a token. */
  readonly session: Session | undefined
  /** What every form on the page must carry. */
  readonly formToken: string
}

const sessionCookie = 'registry_session'
/** Before somebody has signed in, the sign-in form is tied to this one: nobody can sign somebody else in unseen. */
const formCookie = 'registry_form'

function cookieOf(request: FastifyRequest, name: string): string | undefined {
  const all = (request.headers.cookie ?? '').slice(0, 8192).split(';')
  const found = all.map((each) => each.trim()).find((each) => each.startsWith(`${name}=`))
  const value = found?.slice(name.length + 1)
  return value !== undefined && /^[\w-]{20,100}$/.test(value) ? value : undefined
}

/** Cookies go to the pages alone: the protocols never see them, so no page of another site can use them there. */
function setCookie(context: Context, request: FastifyRequest, reply: FastifyReply, name: string, value: string) {
  const secure = context.base(request).startsWith('https:') ? '; Secure' : ''
  const gone = value === '' ? '; Max-Age=0' : ''
  // Lax, not Strict: the browser must still know somebody who follows the link that npm prints.
  void reply.header('set-cookie', `${name}=${value}; Path=/-/web/; HttpOnly; SameSite=Lax${secure}${gone}`)
}

/** @throws RegistryError for a token that is wrong; a session that has ended is none */
export async function visitorOf(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<Visitor> {
  if (request.headers.authorization !== undefined) {
    return { principal: await context.principal(request), session: undefined, formToken: '' }
  }
  const secret = cookieOf(request, sessionCookie)
  const session = secret === undefined ? undefined : await context.registry.sessions.find(secret)
  if (session) return { principal: session.principal, session, formToken: formToken(session.secret) }
  let visit = cookieOf(request, formCookie)
  if (visit === undefined && request.method === 'GET') {
    visit = randomBytes(32).toString('base64url')
    setCookie(context, request, reply, formCookie, visit)
  }
  return { principal: undefined, session: undefined, formToken: visit === undefined ? '' : formToken(visit) }
}

/** @throws RegistryError BAD_FORM when a form is not one that this registry gave to this browser */
export function demandOwnForm(context: Context, request: FastifyRequest, visitor: Visitor): Record<string, string> {
  const { origin, 'sec-fetch-site': site } = request.headers
  const elsewhere =
    (origin !== undefined && origin !== new URL(context.base(request)).origin) ||
    (site !== undefined && site !== 'same-origin' && site !== 'none')
  const body = (request.body ?? {}) as Record<string, unknown>
  const fields = Object.fromEntries(
    Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
  const given = Buffer.from(fields['form'] ?? '')
  const expected = Buffer.from(visitor.formToken)
  const own = expected.length > 0 && given.length === expected.length && timingSafeEqual(given, expected)
  if (elsewhere || !own) {
    throw new RegistryError('BAD_FORM', 'this form has expired or comes from another site: load the page again')
  }
  return fields
}

/** Forms change things for somebody who has signed in on the pages: a token, read-only or not, is no session. */
export function demandSession({ session }: Visitor): Session {
  if (session) return session
  demandUser(undefined)
  throw new RegistryError('UNAUTHENTICATED')
}

/** @throws RegistryError UNAUTHENTICATED or FORBIDDEN */
export function demandAdmin({ principal }: Visitor): Principal {
  const user = demandUser(principal)
  if (!isAdmin(user)) throw new RegistryError('FORBIDDEN', 'this page is for administrators')
  return user
}

export async function beginSession(context: Context, request: FastifyRequest, reply: FastifyReply, user: string) {
  const secret = await context.registry.sessions.open(user)
  setCookie(context, request, reply, sessionCookie, secret)
}

export async function endSession(context: Context, request: FastifyRequest, reply: FastifyReply, session: Session) {
  await context.registry.sessions.close(session.secret)
  setCookie(context, request, reply, sessionCookie, '')
}
