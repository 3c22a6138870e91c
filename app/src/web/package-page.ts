import type { VersionModel } from '../packages/model.ts'
import { bytesText, moment, plural } from './format.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { installCommands } from './install-commands.ts'
import { dependenciesView, dependencyKinds, readmeView, sourceView, versionsView } from './package-views.ts'
import type { PackagePage, View } from './package-views.ts'
import { kindOf } from './search-page.ts'

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

export function packageBody(page: PackagePage): Html {
  const { pkg, version, view } = page
  const { manifest, component } = version
  const description = text(manifest['description']) ?? component?.description ?? undefined
  const dependencies = dependencyKinds.reduce((sum, [kind]) => sum + Object.keys(manifest[kind] ?? {}).length, 0)
  const newest = pkg.tags['latest']
  const query = version.version === newest ? '' : `&version=${encodeURIComponent(version.version)}`
  const tab = (of: View, label: string) =>
    html`<a href="/-/web/package/${pkg.name}?view=${of}${query}" ${view === of && html` aria-current="page"`}
      >${label}</a
    >`
  return html`<h1>${pkg.name}</h1>
    ${description !== undefined && html`<p class="lead">${description}</p>`}
    <p class="meta">
      <span>${version.version}</span
      ><span>published ${moment(version.published)} by ${version.publisher}</span>${licenseOf(manifest)}
    </p>
    <ul class="badges" aria-label="Labels">
      ${component && html`<li class="tint">${kindOf(component.type)}</li>`}
      <li class="${pkg.access === 'restricted' && 'warn'}">${pkg.access}</li>
      ${version.signature ? html`<li class="good">signed by the registry</li>` : html`<li>not signed</li>`}
      ${version.deprecated !== null && html`<li class="bad">deprecated</li>`}
    </ul>
    <nav class="tabs" aria-label="About this package">
      ${tab('readme', 'README')} ${tab('versions', plural(pkg.versions.length, 'version'))}
      ${tab('dependencies', plural(dependencies, 'dependency', 'dependencies'))}
      ${component && tab('source', 'Component source')}
    </nav>
    ${
      version.deprecated !== null &&
      html`<div class="notice warn" role="note">
        <p><strong>${version.version} is deprecated.</strong> ${version.deprecated}</p>
      </div>`
    }
    ${
      newest !== undefined &&
      version.version !== newest &&
      html`<div class="notice warn" role="note">
        <p>
          This is version ${version.version}. The newest is
          <a href="/-/web/package/${pkg.name}?view=${view}">${newest}</a>.
        </p>
      </div>`
    }
    <div class="columns">
      <div>${viewOf(page)}</div>
      ${aside(page)}
    </div>`
}

function viewOf(page: PackagePage): Html {
  if (page.view === 'versions') return versionsView(page)
  if (page.view === 'dependencies') return dependenciesView(page)
  return page.view === 'source' ? sourceView(page) : readmeView(page)
}

function licenseOf(manifest: VersionModel['manifest']): Html | undefined {
  const license = text(manifest['license'])
  return license === undefined ? undefined : html`<span>${license}</span>`
}

function aside({ pkg, version, base, publishers }: PackagePage): Html {
  const { size, unpacked, files, integrity, signature, manifest } = version
  const install = installCommands(pkg, version, base).map(
    ([client, command]) =>
      html`<p>${client}</p>
        <pre class="command">${command}</pre>`,
  )
  const inSight = version.component ? 2 : 1
  return html`<aside aria-label="Facts">
    <section>
      <h2>Install</h2>
      <div class="install">
        ${install.slice(0, inSight)}
        <details>
          <summary>pnpm, yarn and bun</summary>
          ${install.slice(inSight)}
        </details>
      </div>
    </section>
    <section>
      <h2>Size</h2>
      <dl>
        <dt>Download</dt>
        <dd>${bytesText(size)}</dd>
        <dt>Unpacked</dt>
        <dd>${bytesText(unpacked)}, ${plural(files, 'file')}</dd>
      </dl>
    </section>
    <section>
      <h2>Tags</h2>
      <ul class="lines">
        ${Object.entries(pkg.tags).map(([tag, of]) => html`<li><span>${tag}</span><a href="/-/web/package/${pkg.name}?version=${encodeURIComponent(of)}">${of}</a></li>`)}
      </ul>
    </section>
    <section>
      <h2>Owners</h2>
      <ul class="lines">
        ${pkg.maintainers.map(({ name }) => html`<li>${name}</li>`)}
      </ul>
    </section>
    ${
      publishers &&
      html`<section>
        <h2>May publish by role</h2>
        ${
          publishers.length === 0
            ? html`<p class="muted">Nobody but the owners.</p>`
            : html`<ul class="lines">
                ${publishers.map((name) => html`<li>${name}</li>`)}
              </ul>`
        }
      </section>`
    }
    <section>
      <h2>Integrity</h2>
      <code>${integrity}</code>
    </section>
    <section>
      <h2>Signature</h2>
      ${
        signature
          ? html`<dl>
              <dt>Key</dt>
              <dd><code>${signature.keyid}</code></dd>
              <dt>Signature</dt>
              <dd><code>${signature.sig}</code></dd>
              <dt>Check</dt>
              <dd><code>pnpm audit signatures</code></dd>
            </dl>`
          : html`<p class="muted">The registry had no signing key when this was published.</p>`
      }
    </section>
    ${links(manifest)}
  </aside>`
}

/** Links that a publisher states: only those that are web addresses. */
function links(manifest: VersionModel['manifest']): Html | undefined {
  const { homepage, repository, bugs } = manifest
  const urlOf = (value: unknown) => text(value) ?? text((value as { url?: unknown } | undefined)?.url)
  const stated = [
    ['Homepage', urlOf(homepage)],
    [
      'Repository',
      urlOf(repository)
        ?.replace(/^git\+/, '')
        .replace(/\.git$/, ''),
    ],
    ['Issues', urlOf(bugs)],
  ] as const
  const found = stated.filter(([, url]) => url !== undefined && /^https?:\/\//i.test(url) && URL.canParse(url))
  if (found.length === 0) return undefined
  return html`<section>
    <h2>Links</h2>
    <ul class="lines">
      ${found.map(([label, url]) => html`<li><a href="${url}" rel="nofollow noopener noreferrer">${label}</a></li>`)}
    </ul>
  </section>`
}
