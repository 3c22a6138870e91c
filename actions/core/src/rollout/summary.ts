import { describeDuration } from '../duration.ts'
import type { Service } from '../environment/service.ts'
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

/** How a rollout is going to proceed, step by step, as Markdown: what a reader of the start wants to know. */
export function describePlan({ rollout, tests, loadTest, analysis, migrate }: Service): string {
  const gates = [
    ...tests.map(({ name }) => `the test \`${name}\``),
    ...(loadTest == null ? [] : [`the load test \`${loadTest.scenario}\``]),
  ]
  const judged = `the judge looks every ${describeDuration(analysis.interval)}, at most ${describeDuration(analysis.timeout)}, for ${analysis.metrics.join(', ')}`
  const steps = [
    ...(migrate == null ? [] : [`migrations (${migrate.phase}) ran before any new task`]),
    ...(rollout.strategy === 'ROLLING' ? [`tasks are replaced one after another; ${judged}`] : []),
    ...(rollout.strategy !== 'ROLLING' && gates.length > 0
      ? [`before any production traffic: ${gates.join(', ')}`]
      : []),
    ...(rollout.strategy === 'BLUE_GREEN' ? [`then all production traffic at once; ${judged}`] : []),
    ...(rollout.strategy === 'CANARY'
      ? [`then ${rollout.canaryPercent} % of production traffic, then all; before that ${judged}`]
      : []),
    ...(rollout.strategy === 'LINEAR'
      ? [`then steps of ${rollout.stepPercent} % of production traffic; before each ${judged}`]
      : []),
    ...(rollout.bakeTime > 0 ? [`a bake of ${rollout.bakeTime} minutes with both revisions alive`] : []),
    ...(rollout.strategy === 'ROLLING'
      ? []
      : [`a pause that nobody answers rolls back after ${rollout.pauses.timeout} minutes`]),
    ...(rollout.alarms.length > 0 ? [`these alarms roll back: ${rollout.alarms.join(', ')}`] : []),
  ]
  return steps.map((step, index) => `${index + 1}. ${step}`).join('\n')
}
