import type { JobSpan, Span } from './timeline.ts'

const width = 1280
const left = 330
const rowHeight = 22
const top = 64

/** Colours that keep apart for people who do not see red and green (Okabe and Ito, 2008). */
const colours = { success: '#009e73', failure: '#d55e00', cancelled: '#999999', skipped: '#cccccc' } as const

/**
 * A picture of a delivery as an SVG document: a row for each job, its steps in it, over the phases. A step's name and seconds show when
 * one points at it.
 */
export function renderTimeline(delivery: {
  readonly title: string
  readonly phases: readonly Span[]
  readonly jobs: readonly JobSpan[]
}): string {
  const jobs = delivery.jobs.filter(({ conclusion }) => conclusion !== 'skipped').sort((a, b) => a.from - b.from)
  const seconds = Math.max(1, ...[...delivery.phases, ...jobs].map(({ to }) => to))
  const x = (at: number) => left + (at / seconds) * (width - left - 20)
  const height = top + jobs.length * rowHeight + 24
  const box = (span: Span, y: number, tall: number, look: string) =>
    `<rect x="${round(x(span.from))}" y="${y}" width="${round(Math.max(1, x(span.to) - x(span.from)))}" height="${tall}" ${look}>` +
    `<title>${escapeText(`${span.name}: ${(span.to - span.from).toFixed(1)} s`)}</title></rect>`
  const phases = delivery.phases.map((phase, index) =>
    [
      box(phase, 32, height - 40, `fill="${index % 2 === 0 ? '#f3f5f7' : '#e6eaee'}"`),
      `<text x="${round(x(phase.from) + 4)}" y="48" font-weight="600">${escapeText(phase.name)}</text>`,
    ].join('\n'),
  )
  const ticks = Array.from({ length: Math.floor(seconds / 10) + 1 }, (_, index) => index * 10).map(
    (at) => `<text x="${round(x(at))}" y="${height - 6}" fill="#555" text-anchor="middle">${at} s</text>`,
  )
  const rows = jobs.map((job, index) => {
    const y = top + index * rowHeight
    const label = job.name.length > 52 ? `${job.name.slice(0, 51)}…` : job.name
    return [
      `<text x="${left - 8}" y="${y + 13}" text-anchor="end">${escapeText(label)}</text>`,
      box(job, y + 2, rowHeight - 6, `fill="${colours[job.conclusion]}" fill-opacity="0.25"`),
      ...job.steps.map((step) =>
        box(step, y + 2, rowHeight - 6, `fill="${colours[job.conclusion]}" stroke="#fff" stroke-width="0.5"`),
      ),
    ].join('\n')
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escapeText(delivery.title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="12" y="22" font-size="16" font-weight="600">${escapeText(`${delivery.title}, ${Math.round(seconds)} s`)}</text>`,
    ...phases,
    ...rows,
    ...ticks,
    '</svg>\n',
  ].join('\n')
}

const round = (value: number) => Math.round(value * 10) / 10

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
