import type { ComponentItem } from '../components/item.ts'
import type { PackageModel, VersionModel } from '../packages/model.ts'
import { bytesText, moment, plural } from './format.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { renderReadme } from './readme.ts'

export type View = 'readme' | 'versions' | 'dependencies' | 'source'

/** What a package's page shows. */
export interface PackagePage {
  readonly pkg: PackageModel
  readonly version: VersionModel
  readonly view: View
  readonly base: string
  /** With its files, when the version carries one and its source is looked at. */
  readonly item: ComponentItem | null
  /** Who may publish beside the owners, by role in the scope; only people who have signed in are told. */
  readonly publishers: readonly string[] | undefined
  /** The first of the versions that are listed. */
  readonly from: number
}

export const dependencyKinds = [
  ['dependencies', 'Dependencies'],
  ['peerDependencies', 'Peer dependencies'],
  ['optionalDependencies', 'Optional dependencies'],
  ['devDependencies', 'Development dependencies'],
] as const

export const versionsAtOnce = 100
/** More of one file than a person reads; the whole is in the package. */
const sourceCharacters = 200_000

export function readmeView({ pkg }: PackagePage): Html {
  if (pkg.readme.trim() === '')
    return html`<h2 class="unseen">README</h2>
      <div class="panel empty"><p class="muted">This package was published without a README.</p></div>`
  return html`<h2 class="unseen">README</h2>
    <article class="readme">${renderReadme(pkg.readme)}</article>`
}

export function versionsView({ pkg, from }: PackagePage): Html {
  const shown = pkg.versions.toReversed().slice(from, from + versionsAtOnce)
  const tagsOf = (version: string) => Object.keys(pkg.tags).filter((tag) => pkg.tags[tag] === version)
  const turn = (start: number, label: string) =>
    html`<a class="button" href="/-/web/package/${pkg.name}?view=versions&amp;from=${start}">${label}</a>`
  return html`<h2 class="unseen">Versions</h2>
    <div class="scroll" role="region" aria-label="Versions" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Published</th>
            <th scope="col">By</th>
            <th scope="col" class="number">Download</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            ({ version, published, publisher, size, deprecated }) =>
              html`<tr>
                <th scope="row">
                  <a href="/-/web/package/${pkg.name}?version=${encodeURIComponent(version)}">${version}</a>
                  ${tagsOf(version).map((tag) => html`<span class="badge tint">${tag}</span> `)}${deprecated !== null && html`<br /><span class="badge bad">deprecated</span> <span class="muted">${deprecated}</span>`}
                </th>
                <td class="when">${moment(published)}</td>
                <td>${publisher}</td>
                <td class="number">${bytesText(size)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${
      pkg.versions.length > versionsAtOnce &&
      html`<nav class="turns" aria-label="Pages">
        ${from > 0 && turn(Math.max(0, from - versionsAtOnce), 'Newer')}${from + versionsAtOnce < pkg.versions.length && turn(from + versionsAtOnce, 'Older')}
      </nav>`
    }`
}

export function dependenciesView({ version }: PackagePage): Html {
  const kinds = dependencyKinds.flatMap(([kind, title]) => {
    const stated = Object.entries((version.manifest[kind] ?? {}) as Record<string, unknown>)
    return stated.length > 0 ? [{ title, stated }] : []
  })
  if (kinds.length === 0)
    return html`<h2 class="unseen">Dependencies</h2>
      <div class="panel empty"><p class="muted">This version depends on nothing.</p></div>`
  return html`${kinds.map(
    ({ title, stated }, index) =>
      html`<h2 id="kind-${index}">${title}</h2>
        <div class="scroll" role="region" aria-labelledby="kind-${index}" tabindex="0">
          <table>
            <thead>
              <tr>
                <th scope="col">Package</th>
                <th scope="col">Range</th>
              </tr>
            </thead>
            <tbody>
              ${stated.map(
                ([name, range]) =>
                  html`<tr>
                    <th scope="row"><a href="/-/web/?q=${encodeURIComponent(name)}">${name}</a></th>
                    <td><code>${String(range)}</code></td>
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>`,
  )}`
}

export function sourceView({ item, version }: PackagePage): Html {
  if (!item)
    return html`<h2 class="unseen">Component source</h2>
      <div class="panel empty"><p class="muted">Version ${version.version} carries no component.</p></div>`
  return html`<div class="source">
    <h2>${plural(item.files.length, 'file')}</h2>
    <ul>
      ${item.files.map(
        ({ path }, index) =>
          html`<li>
            <a href="#file-${index}"><code>${path}</code></a>
          </li>`,
      )}
    </ul>
    ${item.files.map(({ path, type, content, target }, index) => {
      const size = Buffer.byteLength(content)
      return html`<h3 id="file-${index}">${path}</h3>
        <p class="meta">
          <span>${type}</span
          ><span>${bytesText(size)}</span
          >${target !== undefined && html`<span>installed as <code>${target}</code></span>`}
        </p>
        <pre
          tabindex="0"
          role="region"
          aria-labelledby="file-${index}"
        ><code>${content.slice(0, sourceCharacters)}</code></pre>
        ${content.length > sourceCharacters && html`<p class="muted">The rest of this file is not shown.</p>`}`
    })}
  </div>`
}
