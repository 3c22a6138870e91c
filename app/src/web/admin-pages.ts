import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { bytesText, countText, moment } from './format.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { readAudit, readOverview } from './overview.ts'
import type { AuditRow, Overview } from './overview.ts'
import { sendPage } from './page.ts'
import { demandAdmin, visitorOf } from './visitor.ts'

const auditAtOnce = 100

const places = [
  ['/-/web/admin', 'Overview'],
  ['/-/web/admin/people', 'People'],
  ['/-/web/admin/audit', 'Audit log'],
] as const

/** The heading and the tabs of the administrator's pages. */
export const adminHead = (current: (typeof places)[number][0]): Html =>
  html`<h1>Administration</h1>
    <nav class="tabs" aria-label="Administration">
      ${places.map(([url, label]) => html`<a href="${url}" ${url === current && html` aria-current="page"`}>${label}</a> `)}
    </nav>`

/** The administrator's pages that only show: shards with their balance, the cache, the audit log. */
export function adminPages(fastify: FastifyInstance, context: Context): void {
  const { registry } = context

  fastify.get('/-/web/admin', async (request, reply) => {
    const visitor = await visitorOf(context, request, reply)
    demandAdmin(visitor)
    const body = overviewBody(await readOverview(registry))
    return sendPage(reply, visitor, { title: 'Administration', place: 'admin', body })
  })

  fastify.get<{ Querystring: { text?: string; before?: string } }>('/-/web/admin/audit', async (request, reply) => {
    const visitor = await visitorOf(context, request, reply)
    demandAdmin(visitor)
    const text = (request.query.text ?? '').slice(0, 200)
    const stated = new Date(request.query.before ?? Date.now() + 60_000)
    const before = Number.isNaN(stated.getTime()) ? new Date(Date.now() + 60_000) : stated
    const { rows, unreachable } = await readAudit(registry, { text, before, limit: auditAtOnce })
    return sendPage(reply, visitor, { title: 'Audit log', place: 'admin', body: auditBody(text, rows, unreachable) })
  })
}

function overviewBody({ shards, imbalance, cache, coherent, searchable }: Overview): Html {
  const reads = cache.hits + cache.misses
  const held = shards.map((shard) => shard.held?.bytes ?? 0)
  const total = held.reduce((sum, bytes) => sum + bytes, 0)
  const largest = Math.max(1, ...held)
  const mean = total / Math.max(1, shards.filter((shard) => shard.held).length)
  const figure = (value: string, label: string) => html`<li><strong>${value}</strong><span>${label}</span></li>`
  return html`${adminHead('/-/web/admin')}
    <ul class="figures">
      ${figure(countText(searchable), 'packages that search finds')}
      ${figure(bytesText(total), 'published in all shards')}
      ${figure(imbalance === undefined ? 'none' : imbalance.toFixed(2), 'fullest shard over the mean')}
      ${figure(reads === 0 ? 'none' : `${((cache.hits / reads) * 100).toFixed(1)} %`, `of ${countText(reads)} reads from memory`)}
      ${figure(bytesText(cache.bytes), `in memory, ${countText(cache.entries)} packages`)}
      ${figure(coherent ? 'yes' : 'no', 'this process may answer from memory')}
    </ul>
    <h2 id="shards">Shards</h2>
    <div class="scroll" role="region" aria-labelledby="shards" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Shard</th>
            <th scope="col">Cluster</th>
            <th scope="col" class="number">Slots</th>
            <th scope="col" class="number">Packages</th>
            <th scope="col" class="number">Versions</th>
            <th scope="col" class="number">Bytes</th>
            <th scope="col">Against the mean</th>
          </tr>
        </thead>
        <tbody>
          ${shards.map(
            ({ shard, cluster, slots, held: row }) =>
              html`<tr>
                <th scope="row">${shard}</th>
                <td>${cluster}</td>
                <td class="number">${countText(slots)}</td>
                ${
                  row
                    ? html`<td class="number">${countText(row.packages)}</td>
                        <td class="number">${countText(row.versions)}</td>
                        <td class="number">${bytesText(row.bytes)}</td>
                        <td>${bar(row.bytes, mean, largest)}</td>`
                    : html`<td colspan="4"><span class="badge bad">does not answer</span></td>`
                }
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="hint">
      The figures of the cache are this process's own. <code>sluice shards plan</code> says what a better placement
      would move.
    </p>`
}

/** How full a shard is, with a line where the mean is. */
function bar(bytes: number, mean: number, largest: number): Html {
  const share = mean === 0 ? 0 : bytes / mean
  const scale = Math.max(largest, mean)
  return html`${share.toFixed(2)}
    <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect class="track" width="100" height="8" rx="2" />
      <rect class="fill" width="${(bytes / scale) * 100}" height="8" rx="2" />
      <line
        class="mean"
        x1="${(mean / scale) * 100}"
        x2="${(mean / scale) * 100}"
        y1="0"
        y2="8"
        vector-effect="non-scaling-stroke"
      />
    </svg>`
}

function auditBody(text: string, rows: readonly AuditRow[], unreachable: number): Html {
  const last = rows.at(-1)
  return html`${adminHead('/-/web/admin/audit')}
    <form class="row" method="get" action="/-/web/admin/audit">
      <div>
        <label for="text">Person, action or package</label
        ><input id="text" name="text" value="${text}" spellcheck="false" />
      </div>
      <button>Show</button>
    </form>
    <h2 class="unseen">What happened</h2>
    ${unreachable > 0 && html`<div class="notice bad" role="alert"><p>${unreachable} of the shards did not answer: what happened to their packages is missing here.</p></div>`}
    ${
      rows.length === 0
        ? html`<div class="panel empty"><p class="muted">Nothing is logged${text !== '' && ' that matches'}.</p></div>`
        : html`<p></p>
            <div class="scroll" role="region" aria-label="Audit log" tabindex="0">
              <table>
                <thead>
                  <tr>
                    <th scope="col">When</th>
                    <th scope="col">Who</th>
                    <th scope="col">Did</th>
                    <th scope="col">To</th>
                    <th scope="col">From</th>
                    <th scope="col">Details</th>
                  </tr>
                </thead>
                <tbody>
                  ${rows.map(
                    ({ at, actor, action, subject, address, detail }) =>
                      html`<tr>
                        <td class="when">${moment(at)}</td>
                        <td>${actor ?? ''}</td>
                        <td>${action}</td>
                        <td>${subject}</td>
                        <td>${address ?? ''}</td>
                        <td>
                          ${Object.keys(detail).length > 0 && html`<code>${JSON.stringify(detail).slice(0, 400)}</code>`}
                        </td>
                      </tr>`,
                  )}
                </tbody>
              </table>
            </div>`
    }
    ${rows.length === auditAtOnce && last && html`<nav class="turns" aria-label="Pages"><a class="button" href="/-/web/admin/audit?text=${encodeURIComponent(text)}&amp;before=${encodeURIComponent(last.at.toISOString())}">Older</a></nav>`}`
}
