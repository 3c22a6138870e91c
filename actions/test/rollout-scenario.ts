import type { Clock } from '@sluice/core/clock'
import type { AnalyzedRollout } from '@sluice/core/analysis/analyze'
import type { Service } from '@sluice/core/environment/service'
import type { RolloutHandle } from '@sluice/core/rollout/handle'
import type { RollBackResult } from '@sluice/core/rollout/roll-back'
import { analyzeRolloutOnAws } from '../src/aws/analyze-rollout.ts'
import { rollBackOnAws } from '../src/aws/roll-back.ts'
import { readListenerRule } from '../src/aws/routing.ts'
import { startRolloutOnAws } from '../src/aws/start-rollout.ts'
import { systemClock } from '../src/runner/clock.ts'
import { startLocalWorld } from './local-world/local-world.ts'
import { traffic } from './local-world/traffic.ts'

/** The steps of a delivery on the local AWS, by the same functions that the shells call. */
export async function startScenario() {
  const world = await startLocalWorld()
  const lines: string[] = []
  const report = (line: string) => void lines.push(line)
  let stop: (() => Promise<Record<string, number>>) | undefined
  const { clients, environment } = world
  const project = { artifacts: { account: environment.account, region: clients.region } }

  return {
    world,
    lines,
    begin: (service: Service, run = 'run-1') =>
      startRolloutOnAws(
        clients,
        systemClock,
        { project, environmentName: 'prod', environment, serviceName: 'web', service, run },
        report,
      ),
    analyze: (
      handle: RolloutHandle,
      { analysis, slo }: Service,
      clock: Clock = systemClock,
    ): Promise<AnalyzedRollout> =>
      analyzeRolloutOnAws(clients, clock, { handle, analysis, requiredGates: [], gates: [] }, slo, report),
    rollBack: (handle: RolloutHandle, reason: string): Promise<RollBackResult> =>
      rollBackOnAws(clients, systemClock, handle, reason, report),
    /** Traffic from before the start, as any service has that is worth a canary. Resolves with its address. */
    async sendTraffic(): Promise<string> {
      const { url } = await readListenerRule(clients.elb, world.skeleton.loadBalancing?.productionListenerRule ?? '')
      stop = await traffic(url, 80)
      return url
    },
    /** What was answered, by status and release. */
    async endTraffic(): Promise<Record<string, number>> {
      const seen = (await stop?.()) ?? {}
      stop = undefined
      return seen
    },
    async close(): Promise<void> {
      await stop?.()
      await world.close()
    },
  }
}

/** Answers that are no success. */
export function failures(seen: Readonly<Record<string, number>>): readonly string[] {
  return Object.keys(seen).filter((key) => !key.startsWith('200'))
}
