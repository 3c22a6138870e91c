import type { RolloutHandle } from '../rollout/handle.ts'
import { describeHandle, describeTimeline, weightBar } from '../rollout/summary.ts'
import type { AnalyzedRollout } from './analyze.ts'
import { formatE } from './judge.ts'
import type { MetricVerdict } from './metric-verdict.ts'

const signs = { pass: '✅', fail: '❌', inconclusive: '❔' } as const
/** GitHub draws Mermaid in summaries, but no inline SVG; more points than this cannot be told apart. */
const chartPoints = 40

/** The job summary of an analysis: the reason first, then steps, metrics with their numbers, the picture and the history. */
export function describeAnalysis(handle: RolloutHandle, analyzed: AnalyzedRollout): string {
  const { outcome, reason, answers, last, bundle, timeline } = analyzed
  return [
    `### ${signs[outcome]} Rollout ${outcome}: ${reason}`,
    '',
    describeHandle(handle),
    '',
    ...(answers.length === 0
      ? []
      : [
          '#### Steps',
          '',
          '| production traffic | answer | after | verdict |',
          '|---|---|---|---|',
          ...answers.map(
            ({ productionWeight, action, seconds, outcome: verdict, reason: why }) =>
              `| ${weightBar(productionWeight)} | ${action} | ${seconds.toFixed(0)} s | ${signs[verdict]} ${why} |`,
          ),
          '',
        ]),
    ...(last == null ? [] : describeMetrics(last.metrics, bundle.looks.length)),
    '#### History',
    '',
    describeTimeline(timeline),
    '',
    `Replay: \`sluice judge replay <bundle>\` decides the same from the counts alone. False roll backs are at most ${100 * bundle.settings.alpha} %, over all looks.`,
  ].join('\n')
}

function describeMetrics(metrics: readonly MetricVerdict[], looks: number): readonly string[] {
  const counted = metrics.filter(({ failPath }) => failPath.length > 0)
  return [
    `#### Last of ${looks} looks`,
    '',
    '| metric | verdict | new revision | old revision | evidence to fail | evidence to pass | over time |',
    '|---|---|---|---|---|---|---|',
    ...metrics.map((metric) => {
      const { bad, total, baselineBad, baselineTotal, outcome, passThreshold, failThreshold } = metric
      const fail = failThreshold === 0 ? '' : `${formatE(metric.failEvidence)} of ${formatE(failThreshold)}`
      const pass = passThreshold === 0 ? '' : `${formatE(metric.passEvidence)} of ${formatE(passThreshold)}`
      const old = baselineTotal === 0 ? '' : `${baselineBad} of ${baselineTotal}`
      return `| ${metric.metric} | ${signs[outcome]} ${outcome} | ${bad} of ${total} | ${old} | ${fail} | ${pass} | ${sparkline(metric.failPath, failThreshold)} |`
    }),
    '',
    ...counted.slice(0, 1).flatMap(() => drawEvidence(counted)),
  ]
}

const bars = '▁▂▃▄▅▆▇█'

/** Evidence over time in one line; a full bar has reached the threshold. */
export function sparkline(path: readonly number[], threshold: number, width = 24): string {
  return thin(path, width)
    .map((value) => bars[Math.min(bars.length - 1, Math.max(0, Math.floor((value / threshold) * (bars.length - 1))))])
    .join('')
}

/** The paths of E against 1/alpha as a Mermaid chart, in powers of ten. */
function drawEvidence(metrics: readonly MetricVerdict[]): readonly string[] {
  const toTen = (value: number) => Number((value / Math.LN10).toFixed(2))
  const threshold = toTen(metrics[0]?.failThreshold ?? 0)
  const paths = metrics.map(({ failPath }) => thin(failPath, chartPoints).map(toTen))
  const longest = Math.max(...paths.map(({ length }) => length))
  if (longest < 2) return []
  const low = Math.max(-3, Math.floor(Math.min(0, ...paths.flat())))
  const high = Math.ceil(Math.max(threshold, Math.min(6, ...paths.map((path) => Math.max(...path)))) + 0.5)
  return [
    '```mermaid',
    'xychart-beta',
    `  title "Evidence to fail (${metrics.map(({ metric }) => metric).join(', ')}) against the threshold"`,
    `  x-axis "periods" 1 --> ${longest}`,
    `  y-axis "log10 E" ${low} --> ${high}`,
    ...paths.map((path) => `  line [${path.map((value) => Math.min(high, Math.max(low, value))).join(', ')}]`),
    `  line [${Array.from({ length: longest }, () => threshold).join(', ')}]`,
    '```',
    '',
  ]
}

function thin(values: readonly number[], width: number): readonly number[] {
  if (values.length <= width) return values
  return Array.from({ length: width }, (_, index) => values[Math.floor(((index + 1) * values.length) / width) - 1] ?? 0)
}
