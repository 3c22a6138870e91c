import type { ServedRelease } from './served-release.ts'
import { percentile, type TrafficCount } from './traffic.ts'

/** One stage of a rollout as it was seen: when it was entered, and what share of production the new revision got, in percent. */
export interface StageSeen {
  readonly stage: string
  readonly at: string
  /** Absent where tasks are replaced in place and no traffic is shifted (`ROLLING`). */
  readonly weight?: number
}

/** The counts of one metric that a verdict rests on: bad of all requests of the new revision, and of the old one beside it. */
export interface MetricFigures {
  readonly metric: string
  readonly outcome: string
  readonly bad: number
  readonly total: number
  readonly baselineBad: number
  readonly baselineTotal: number
}

/** What the judge said at one look, with the numbers it rests on. */
export interface VerdictSeen {
  readonly at: string
  readonly outcome: string
  readonly reason: string
  readonly weight: number
  readonly metrics: readonly MetricFigures[]
}

export interface EnvironmentReport {
  readonly name: string
  /** What runs there now. */
  readonly digest: string
  readonly url: string
  /** What its tasks say they are, by their metrics. */
  readonly serves?: ServedRelease
  readonly rollout?: {
    readonly strategy: string
    readonly status: string
    readonly reason: string
    readonly stages: readonly StageSeen[]
    readonly verdicts: readonly VerdictSeen[]
  }
}

export interface PhaseTraffic {
  readonly phase: string
  readonly requests: number
  readonly failed: number
  readonly p95Milliseconds: number
  readonly slowestMilliseconds: number
  readonly failures: Readonly<Record<string, number>>
}

/** `report.json`: what a delivery did, for machines. `renderReport` makes the page for people. */
export interface DeliveryReport {
  readonly result: 'delivered' | 'rolled-back' | 'stopped' | 'failed'
  readonly reason: string
  readonly commit: string
  readonly baseline: { readonly commit: string; readonly isParent: boolean; readonly digest: string }
  readonly fault?: string
  readonly runtime: string
  readonly environments: readonly EnvironmentReport[]
  readonly traffic: readonly PhaseTraffic[]
  readonly seconds: Readonly<Record<string, number>>
}

/** The traffic of each phase, in the order in which the phases began. */
export function summarizeTraffic(phases: ReadonlyMap<string, TrafficCount>): PhaseTraffic[] {
  return [...phases].map(([phase, { requests, failed, latencies, failures }]) => ({
    phase,
    requests,
    failed,
    p95Milliseconds: Math.round(percentile(latencies, 0.95) * 10) / 10,
    slowestMilliseconds: Math.round(percentile(latencies, 1) * 10) / 10,
    failures: { ...failures },
  }))
}

/** The closing page on the terminal. */
export function renderReport(report: DeliveryReport, folder: string): string {
  const total = report.traffic.reduce((sum, { requests }) => sum + requests, 0)
  const failed = report.traffic.reduce((sum, phase) => sum + phase.failed, 0)
  const failures = report.traffic.flatMap((phase) =>
    Object.entries(phase.failures).map(
      ([failure, count]) => `${failure} ${count === 1 ? 'once' : `${count} times`} in ${phase.phase}`,
    ),
  )
  const short = (digest: string) => digest.replace(/^.*@?sha256:/, '').slice(0, 12)
  const lines = [
    '',
    `${headline[report.result]}: ${report.reason}`,
    '',
    table(
      ['environment', 'runs', 'strategy', 'rollout', 'where'],
      report.environments.map(({ name, digest, url, rollout }) => [
        name,
        short(digest),
        rollout?.strategy ?? '-',
        rollout?.status ?? 'not reached',
        url,
      ]),
    ),
    '',
    table(
      ['phase', 'seconds', 'requests', 'failed', 'p95 ms', 'slowest ms'],
      Object.entries(report.seconds).map(([phase, seconds]) => {
        const seen = report.traffic.find((traffic) => traffic.phase === phase)
        return [
          phase,
          seconds.toFixed(1),
          String(seen?.requests ?? 0),
          String(seen?.failed ?? 0),
          String(seen?.p95Milliseconds ?? '-'),
          String(seen?.slowestMilliseconds ?? '-'),
        ]
      }),
    ),
    '',
    `Production answered ${total} requests while it was replaced, ${failed} of them with a failure${failed > 0 ? `: ${failures.join(', ')}` : ''}.`,
    `Summaries, evidence and bundles: ${folder}`,
  ]
  return lines.join('\n')
}

const headline: Readonly<Record<DeliveryReport['result'], string>> = {
  delivered: 'Delivered',
  'rolled-back': 'Rolled back',
  stopped: 'Stopped before production',
  failed: 'Failed',
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)))
  return [header, ...rows]
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n')
}
