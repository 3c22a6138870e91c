import type { RolloutHandle } from './handle.ts'
import type { TimelineEntry } from './watch.ts'

/** A bar of ten cells for a share in percent. */
export function weightBar(percent: number): string {
  const full = Math.round(percent / 10)
  return `${'█'.repeat(full)}${'░'.repeat(10 - full)} ${Math.round(percent)} %`
}

/** What the rollout did, as a Markdown table: one row a change of stage, weight or tasks. */
export function describeTimeline(timeline: readonly TimelineEntry[]): string {
  if (timeline.length === 0) return ''
  const first = new Date(timeline[0]?.at ?? 0).getTime()
  const rows = timeline.map(({ at, phase, stage, productionWeight, tasks }) => {
    const seconds = Math.round((new Date(at).getTime() - first) / 1000)
    return `| +${seconds} s | ${phase} | ${stage} | ${weightBar(productionWeight)} | ${tasks} |`
  })
  return ['| time | phase | stage | production traffic | tasks |', '|---|---|---|---|---|', ...rows].join('\n')
}

/** What is rolled out where, in one line of Markdown. */
export function describeHandle({ environment, service, region, strategy, image }: RolloutHandle): string {
  return `**${service}** in **${environment}** (${region}), ${strategy}, \`${image}\``
}
