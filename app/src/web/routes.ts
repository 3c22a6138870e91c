import type { FastifyInstance, FastifyReply } from 'fastify'
import MarkdownIt from 'markdown-it'
import sanitizeHtml from 'sanitize-html'
import type { Context } from '../app.ts'
import { approveLogin } from '../auth/web-login.ts'
import { audit } from '../auth/audit.ts'
import { demandUser } from '../auth/principal.ts'
import { RegistryError } from '../errors.ts'
import type { PackageModel } from '../packages/model.ts'
import { packageRoute } from '../packages/package-route.ts'
import { readable } from '../packages/read-routes.ts'
import { escapeHtml, sendPage } from './page.ts'

const markdown = new MarkdownIt({ html: false, linkify: true })
const pageSize = 50

/** Pages for people: search, a package, and the sign-in that `npm login` opens. They render from the protocols' own models. */
export function webRoutes(fastify: FastifyInstance, context: Context): void {
  const { registry } = context

  fastify.get('/', async (_request, reply) => reply.redirect('/-/web/'))

  fastify.get<{ Querystring: { q?: string; from?: string } }>('/-/web/', async (request, reply) => {
    const principal = await context.principal(request)
    if (!registry.config.REGISTRY_ANONYMOUS_READ) demandUser(principal)
    const text = (request.query.q ?? '').slice(0, 500)
    const from = Math.max(0, Math.min(100_000, Number.parseInt(request.query.from ?? '0', 10) || 0))
    const { documents, total } = await registry.search.search({ text, from, size: pageSize, principal })
    const rows = documents.map(
      ({ document: { name, version, description } }) =>
        `<tr><td><a href="/-/web/package/${escapeHtml(name)}">${escapeHtml(name)}</a></td><td>${escapeHtml(version)}</td><td>${escapeHtml(description)}</td></tr>`,
    )
    const more = (start: number, label: string) =>
      `<a href="/-/web/?q=${encodeURIComponent(text)}&amp;from=${start}">${label}</a>`
    const turns = [
      from > 0 ? more(Math.max(0, from - pageSize), 'Previous') : '',
      from + pageSize < total ? more(from + pageSize, 'Next') : '',
    ]
    const table = `<table><thead><tr><th scope="col">Name</th><th scope="col">Latest</th><th scope="col">Description</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`
    const title = text === '' ? 'Packages' : `Packages that match ${text}`
    return sendPage(reply, {
      title,
      search: text,
      body: `<p>${total} found.</p>${rows.length > 0 ? table : ''}<p>${turns.join(' ')}</p>`,
    })
  })

  packageRoute(fastify, 'GET', '/-/web/package', '', async (name, request, reply) => {
    const pkg = await readable(context, request, name)
    return sendPage(reply, { title: name, body: packageBody(pkg, context.base(request)) })
  })

  fastify.get<{ Querystring: { for?: string } }>('/-/web/login', async (request, reply) =>
    sendPage(reply, { title: 'Sign in', body: loginForm(request.query.for ?? '') }),
  )

  fastify.post<{ Body: { for?: unknown; user?: unknown; password?: unknown } | undefined }>(
    '/-/web/login',
    async (request, reply) => {
      const { for: id, user, password } = request.body ?? {}
      if (typeof id !== 'string' || typeof user !== 'string' || typeof password !== 'string')
        return refuse(reply, '', 'User name and password are needed.')
      try {
        const principal = await registry.identities.byPassword(user, password)
        await approveLogin(registry.home, id, principal.user)
        await audit(registry.home, { actor: principal.user, action: 'login-approve', subject: principal.user, request })
      } catch (error) {
        if (error instanceof RegistryError && error.code === 'BAD_CREDENTIALS')
          return refuse(reply, id, 'User name or password is wrong.')
        if (error instanceof RegistryError && error.code === 'NOT_FOUND') return refuse(reply, '', error.message, 404)
        throw error
      }
      return sendPage(reply, {
        title: 'Signed in',
        body: '<p>Return to your terminal: it goes on by itself. This page may be closed.</p>',
      })
    },
  )
}

function refuse(reply: FastifyReply, id: string, message: string, status = 401): FastifyReply {
  const body = `<p class="error" role="alert">${escapeHtml(message)}</p>${id === '' ? '' : loginForm(id)}`
  return sendPage(reply, { title: 'Sign in', body }, status)
}

const loginForm = (id: string) => `<form method="post" action="/-/web/login">
<input type="hidden" name="for" value="${escapeHtml(id)}">
<label for="user">User name</label><input id="user" name="user" autocomplete="username" required>
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required>
<button>Sign in</button></form>`

function packageBody(pkg: PackageModel, base: string): string {
  const newest = pkg.versions.find(({ version }) => version === pkg.tags['latest']) ?? pkg.versions.at(-1)
  const install = [
    `npm install ${pkg.name} --registry ${base}`,
    `pnpm add ${pkg.name} --registry ${base}`,
    ...(newest?.component ? [`npx shadcn add ${base}/r/${pkg.name}@${newest.version}.json`] : []),
  ]
  const versions = pkg.versions
    .toReversed()
    .slice(0, 200)
    .map(
      ({ version, published, size, publisher, integrity, deprecated }) =>
        `<tr><td>${escapeHtml(version)}${deprecated ? ` <strong>deprecated: ${escapeHtml(deprecated)}</strong>` : ''}</td><td>${escapeHtml(published)}</td><td>${size}</td><td>${escapeHtml(publisher)}</td><td><code>${escapeHtml(integrity)}</code></td></tr>`,
    )
  const tags = Object.entries(pkg.tags).map(([tag, version]) => `<li>${escapeHtml(tag)}: ${escapeHtml(version)}</li>`)
  return `<h2>Install</h2><pre tabindex="0">${escapeHtml(install.join('\n'))}</pre>
<h2>Tags</h2><ul>${tags.join('')}</ul>
<h2>Owners</h2><p>${escapeHtml(pkg.maintainers.map(({ name }) => name).join(', '))}</p>
<h2>Versions</h2><table><thead><tr><th scope="col">Version</th><th scope="col">Published</th><th scope="col">Bytes</th><th scope="col">By</th><th scope="col">Integrity</th></tr></thead><tbody>${versions.join('\n')}</tbody></table>
<h2>README</h2><article>${renderReadme(pkg.readme)}</article>`
}

/** Markdown of strangers: HTML in it is text, and what is made of it is sanitised all the same. */
export function renderReadme(readme: string): string {
  return sanitizeHtml(markdown.render(readme), {
    allowedTags: [...sanitizeHtml.defaults.allowedTags.filter((tag) => !/^h[1-6]$/.test(tag)), 'h3', 'h4', 'h5', 'h6'],
    allowedAttributes: { a: ['href', 'rel'] },
    allowedSchemes: ['https', 'http', 'mailto'],
    // The page has its own two levels above.
    transformTags: {
      h1: 'h3',
      h2: 'h4',
      h3: 'h5',
      h4: 'h6',
      h5: 'h6',
      a: sanitizeHtml.simpleTransform('a', { rel: 'nofollow noopener' }),
    },
  })
}
