import type { SearchDocument } from '../search/document.ts'
import type { SearchResult } from '../search/search-index.ts'
import { countText, moment, plural } from './format.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'

export const pageSize = 25

/** What is found; `#results` and `#found` are what the script takes while somebody types. */
export function searchBody(text: string, from: number, { documents, total }: SearchResult, base: string): Html {
  const range = total > pageSize ? `${countText(from + 1)} to ${countText(from + documents.length)} of ` : ''
  const found =
    total === 0
      ? 'Nothing found'
      : `${range}${plural(total, 'package')}${text === '' ? '' : ` for \u201c${text}\u201d`}`
  const turn = (start: number, label: string, rel: string) =>
    html`<a class="button" rel="${rel}" href="/-/web/?q=${encodeURIComponent(text)}&amp;from=${start}">${label}</a>`
  return html`<h1>${searchTitle(text)}</h1>
    <p id="found" class="muted" role="status">${found}</p>
    <div id="results">
      ${
        documents.length > 0
          ? html`<ul class="results">
              ${documents.map(({ document }) => result(document))}
            </ul>`
          : empty(text, base)
      }
      ${
        total > pageSize &&
        html`<nav class="turns" aria-label="Pages">
          ${from > 0 && turn(Math.max(0, from - pageSize), 'Previous', 'prev')}
          ${from + pageSize < total && turn(from + pageSize, 'Next', 'next')}
        </nav>`
      }
    </div>`
}

export const searchTitle = (text: string): string => (text === '' ? 'Packages' : 'Search results')

function result(document: SearchDocument): Html {
  const { name, version, description, date, publisher, license, keywords, item, access, deprecated } = document
  return html`<li>
    <h2><a href="/-/web/package/${name}">${name}</a></h2>
    ${description !== '' && html`<p>${description}</p>`}
    <p class="meta">
      <span>${version}</span
      ><span>published ${moment(date)} by ${publisher}</span>${license !== '' && html`<span>${license}</span>`}
    </p>
    ${
      (item || access === 'restricted' || deprecated || keywords.length > 0) &&
      html`<ul class="badges" aria-label="Labels">
        ${item && html`<li class="tint">${kindOf(item.type)}</li>`}
        ${access === 'restricted' && html`<li class="warn">restricted</li>`}
        ${deprecated && html`<li class="bad">deprecated</li>`}
        ${keywords.slice(0, 6).map((word) => html`<li>${word}</li>`)}
      </ul>`
    }
  </li>`
}

/** `component: ui` of shadcn's `registry:ui`. */
export const kindOf = (type: string): string => {
  const kind = type.replace(/^registry:/, '')
  return kind === 'component' || kind === 'item' ? 'component' : `component: ${kind}`
}

function empty(text: string, base: string): Html {
  if (text !== '')
    return html`<div class="panel empty">
      <h2>No package matches</h2>
      <p class="muted">Try a part of its name, or fewer words.</p>
    </div>`
  return html`<div class="panel empty">
    <h2>No package yet</h2>
    <p class="muted">Publish the first one from its folder:</p>
    <pre class="command">npm publish --registry ${base}</pre>
  </div>`
}
