import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'

/** Text that is safe between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

const style = `
:root { color-scheme: light dark; --line: light-dark(#c9ccd3, #454a54); --accent: light-dark(#0b5cad, #8ec5ff); }
* { box-sizing: border-box; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 56rem; margin: 0 auto; padding: 1rem; }
a { color: var(--accent); }
header { display: flex; gap: 1rem; align-items: center; border-bottom: 1px solid var(--line); padding-bottom: .75rem; margin-bottom: 1rem; }
form { display: grid; gap: .75rem; max-width: 24rem; }
header form { display: flex; flex: 1; max-width: none; }
header input { flex: 1; }
input, button { font: inherit; padding: .4rem .6rem; border: 1px solid var(--line); border-radius: .3rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; vertical-align: top; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--line); border-radius: .3rem; }
.error { border-left: .3rem solid light-dark(#b3261e, #ff8a80); padding-left: .75rem; }
`

/** Nothing but this one style sheet, images of the registry itself, and forms to itself. No script at all. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "img-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

export interface Page {
  readonly title: string
  /** HTML, escaped already. */
  readonly body: string
  readonly search?: string
}

/** Sends one page, complete and usable without JavaScript. */
export function sendPage(reply: FastifyReply, { title, body, search = '' }: Page, status = 200): FastifyReply {
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${style}</style></head>
<body>
<header><a href="/-/web/">Registry</a><form action="/-/web/" method="get" role="search"><input type="search" name="q" aria-label="Search packages" value="${escapeHtml(search)}"><button>Search</button></form></header>
<main><h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`
  return reply
    .code(status)
    .headers({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
    .type('text/html; charset=utf-8')
    .send(html)
}
