import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { isAdmin } from '../auth/principal.ts'
import { Html, html } from './html.ts'
import { script } from './script.ts'
import { style } from './style.ts'
import type { Visitor } from './visitor.ts'

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** One style sheet and one script, both by their hash; requests and forms to the registry alone; no frames, no plug-ins. */
const policy = [
  "default-src 'none'",
  `style-src ${hashOf(style)}`,
  `script-src ${hashOf(script)}`,
  "connect-src 'self'",
  'img-src data:',
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

export const pageHeaders = {
  'content-security-policy': policy,
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'x-content-type-options': 'nosniff',
  // Forms are told from other sites' by their Origin, which `no-referrer` would hide.
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
} as const

export interface Page {
  readonly title: string
  readonly body: Html
  /** What stands in the search field. */
  readonly search?: string
  /** Which entry of the header this is. */
  readonly place?: 'tokens' | 'admin' | 'sign-in'
  readonly status?: number
}

// Whole, because a space more inside them would be other bytes than the policy's hash.
const styleElement = new Html(`<style>${style}</style>`)
const scriptElement = new Html(`<script>${script}</script>`)

const logo = new Html(
  '<svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#0a6670"/><path d="M7 12c3-3 6-3 9 0s6 3 9 0M7 20c3-3 6-3 9 0s6 3 9 0" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>',
)
const icon = `data:image/svg+xml,${encodeURIComponent(logo.text.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" '))}`

/** Sends one page, complete and usable without JavaScript. */
export function sendPage(reply: FastifyReply, visitor: Visitor, page: Page): FastifyReply {
  const { title, body, search = '', status = 200 } = page
  const whole = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title === 'Registry' ? title : `${title} - Registry`}</title>
        <link rel="icon" href="${icon}" />
        ${styleElement}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header>
          <div class="frame">
            <a class="brand" href="/-/web/">${logo}Registry</a>
            <form class="find" action="/-/web/" method="get" role="search">
              <input
                type="search"
                name="q"
                aria-label="Search packages"
                placeholder="Search packages and components"
                autocomplete="off"
                spellcheck="false"
                value="${search}"
              /><button>Search</button>
            </form>
            ${navigation(visitor, page.place)}
          </div>
        </header>
        <main id="main" class="frame" tabindex="-1">${body}</main>
        <footer><div class="frame">The team's registry of packages and components.</div></footer>
        ${scriptElement}
      </body>
    </html> `
  return reply.code(status).headers(pageHeaders).type('text/html; charset=utf-8').send(whole.text)
}

function navigation({ principal, session, formToken }: Visitor, place: Page['place']): Html {
  const entry = (of: Page['place'], url: string, label: string) =>
    html`<a href="${url}" ${place === of && html` aria-current="page"`}>${label}</a>`
  if (!principal) return html`<nav aria-label="Account">${entry('sign-in', '/-/web/login', 'Sign in')}</nav>`
  return html`<nav aria-label="Account">
    ${isAdmin(principal) && entry('admin', '/-/web/admin', 'Administration')}
    ${entry('tokens', '/-/web/tokens', 'Tokens')}
    ${session ? html`<form method="post" action="/-/web/logout"><input type="hidden" name="form" value="${formToken}" /><button class="plain">Sign out ${principal.user}</button></form>` : principal.user}
  </nav>`
}
