import { cp, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { DesiredState } from '@sluice/core/environment/read'
import type { LocalAws } from '@sluice/local/aws'
import type { LocalGitHub } from '@sluice/local/github'
import type { DeliverOptions } from './options.ts'
import { runningDigest } from './environments.ts'
import type { Stop } from './follow-promotions.ts'
import type { Head } from './git.ts'
import { readJudgeBundles } from './judge-bundles.ts'
import type { BaselineRelease, LocalMain } from './local-main.ts'
import type { Phases } from './phases.ts'
import { summarizeTraffic, type DeliveryReport, type EnvironmentReport } from './report.ts'
import { readServedRelease } from './served-release.ts'
import type { TrafficCount } from './traffic.ts'
import type { RolloutSeen } from './watch-rollouts.ts'

/** An error that a job's step reported. */
export interface Failure {
  readonly job: string
  readonly message: string
}

/** What a delivery came to, from what was seen and what runs now: a run's own word is not enough. */
export async function collectResults(facts: {
  readonly ended: Stop
  readonly failures: readonly Failure[]
  readonly head: Head
  readonly options: DeliverOptions
  readonly baseline: BaselineRelease
  readonly main: LocalMain
  readonly environments: readonly string[]
  readonly service: string
  readonly state: DesiredState
  readonly urls: ReadonlyMap<string, string>
  readonly cloud: LocalAws
  readonly rollouts: ReadonlyMap<string, RolloutSeen>
  readonly traffic: ReadonlyMap<string, TrafficCount>
  readonly phases: Phases
  readonly github: LocalGitHub
}): Promise<DeliveryReport> {
  const { environments, service, cloud, rollouts, baseline } = facts
  const baseDigest = baseline.image.split('@')[1] ?? ''
  const bundles = await readJudgeBundles(facts.github.runs().map(({ folder }) => join(folder, 'artifacts')))
  const reports: EnvironmentReport[] = []
  for (const name of environments) {
    const seen = rollouts.get(name)
    const bundle = bundles.get(name)
    const digest = await runningDigest(cloud.url, name, service)
    const { deployment } = seen ?? {}
    const url = facts.urls.get(name) ?? ''
    // A report is written whatever stands there: nobody who answers has nothing to say.
    const serves = await readServedRelease(url).catch(() => undefined)
    reports.push({
      name,
      digest,
      url,
      ...(serves ? { serves } : {}),
      ...(deployment
        ? {
            rollout: {
              strategy: facts.state.environments[name]?.services[service]?.rollout.strategy ?? '',
              status: deployment.status,
              reason: bundle?.reason ?? said(facts.failures, name) ?? deployment.statusReason ?? '',
              stages: seen?.stages ?? [],
              verdicts: bundle?.looks ?? [],
            },
          }
        : {}),
    })
  }
  const last = reports.at(-1)
  const rolledBack = reports.find(({ rollout }) => rollout != null && /ROLLBACK|STOPPED/.test(rollout.status))
  const failedRun = facts.github.runs().find(({ conclusion }) => conclusion === 'failure')
  const isDelivered = last?.rollout?.status === 'SUCCESSFUL' && last.digest !== baseDigest && !failedRun
  const result: DeliveryReport['result'] = isDelivered
    ? 'delivered'
    : rolledBack
      ? 'rolled-back'
      : facts.ended.stopped
        ? 'stopped'
        : 'failed'
  const reason = {
    delivered: `${last?.name} runs ${last?.digest} (${facts.head.commit.slice(0, 7)})`,
    'rolled-back': `${rolledBack?.name}: ${rolledBack?.rollout?.reason ?? ''}`,
    stopped: facts.ended.stopped ? facts.ended.reason : '',
    failed: facts.failures.at(-1)?.message ?? 'a job failed; its log tells why',
  }[result]
  return {
    result,
    reason,
    commit: facts.head.commit,
    baseline: { ...facts.main.baseline, digest: baseDigest },
    ...(facts.options.fault ? { fault: facts.options.fault } : {}),
    runtime: cloud.runtime,
    environments: reports,
    traffic: summarizeTraffic(facts.traffic),
    seconds: Object.fromEntries(
      Object.entries(facts.phases.seconds).map(([phase, seconds]) => [phase, Math.round(seconds * 10) / 10]),
    ),
  }
}

/** What a rollout's job said of an environment that no judge got to see: its error names what was measured. */
function said(failures: readonly Failure[], environment: string): string | undefined {
  return failures.find(({ job }) => job.includes(` to ${environment} `))?.message
}

/** Summaries, logs and artifacts of every workflow run, without the workspaces. */
export async function copyArtifacts(runs: string, to: string): Promise<void> {
  for (const run of await readdir(runs).catch(() => [])) {
    const artifacts = join(runs, run, 'artifacts')
    await cp(artifacts, join(to, 'artifacts', run), { recursive: true }).catch(() => undefined)
    for (const job of await readdir(join(runs, run, 'jobs')).catch(() => [])) {
      for (const file of ['summary.md', 'log.txt']) {
        await mkdir(join(to, 'jobs'), { recursive: true })
        await cp(join(runs, run, 'jobs', job, file), join(to, 'jobs', `${run}-${job}-${file}`)).catch(() => undefined)
      }
    }
  }
}
