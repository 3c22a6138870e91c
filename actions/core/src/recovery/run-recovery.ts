import type { Environment } from '../environment/environment.ts'
import { ConfigurationError, type Problem } from '../failure.ts'
import { findExecution } from './find-execution.ts'
import type { Measured } from './measure.ts'
import { measureRecovery } from './outcome.ts'
import { clustersOf, planRecovery, type RecoveryPlan } from './recovery-plan.ts'
import type { RecoveryPorts, RecoveryRequest } from './recovery-request.ts'
import type { Execution, RegionSwitch, SwitchPlan } from './region-switch.ts'
import { watchRecovery } from './watch-recovery.ts'

export interface RecoveryResult {
  readonly plan: RecoveryPlan
  readonly warnings: readonly string[]
  /** None where nothing was started. */
  readonly execution?: Execution
  readonly measured: readonly Measured[]
}

/**
 * Plans, starts the Region switch plan once, follows it and measures when clients read and write again. An execution that runs, or that
 * this run started before it died, is followed and none started beside it. Throws a `ConfigurationError` with what stands against it.
 */
export async function runRecovery(ports: RecoveryPorts, request: RecoveryRequest): Promise<RecoveryResult> {
  const { name, environment, mode, token } = request
  const { report } = ports
  const running = environment.regions.length > 1 ? await findExecution(ports, request) : undefined
  const region = running?.execution.region ?? request.region
  const plan = planRecovery(name, environment, await askWriters(ports, environment, region), region)
  const regionSwitch = ports.regionSwitch(plan.region)
  const arc = running?.plan ?? (await findPlan(regionSwitch, plan))
  for (const { cluster, shards, from, isThere: there } of plan.moves)
    report(
      `cluster ${cluster} (shards ${shards.join(', ')}): ${there ? `is in ${plan.region}` : `${from ?? 'on its way'} -> ${plan.region}`}`,
    )
  const isThere = plan.moves.every((move) => move.isThere)
  const warnings = await regionSwitch.warnings(arc)
  for (const warning of warnings) report(`${arc.name}: ${warning}`)
  if (request.planOnly || (isThere && !running)) return { plan, warnings, measured: [] }
  const clusters = clustersOf(environment)
  const databases = ports.databases(plan.region)
  if (!running) await refuseUnready(ports, request, warnings)
  const startedAt = running?.execution.startedAt ?? ports.clock.now()
  // Read before anything moves: afterwards the lag is another one's.
  const lag = await databases.lag(clusters, startedAt)
  const id =
    running?.execution.id ??
    (await regionSwitch.start({ plan: arc, region: plan.region, mode, comment: commentOf(request), token }))
  report(`${arc.name}: ${running ? 'following' : 'started'} ${id}`)
  const watched = await watchRecovery(ports, { regionSwitch, arc, id, plan, clusters })
  return {
    plan,
    warnings,
    execution: watched.execution,
    measured: measureRecovery({ ...watched, lag, mode: watched.execution.mode, clusters }, request.expected),
  }
}

/** ARC keeps 1,024 characters; the token at the end is what a later attempt looks for. */
const commentOf = ({ reason, token }: RecoveryRequest) => `${reason.slice(0, 900)} [${token}]`

/** Asks region by region: the one that is wanted, then the others, because one of them may be lost. */
async function askWriters(
  { databases, report }: RecoveryPorts,
  environment: Environment,
  wanted: string | undefined,
): Promise<ReadonlyMap<number, string | undefined>> {
  const [primary, ...replicas] = environment.regions
  if (replicas.length === 0) return new Map()
  const order = [...new Set([wanted, ...replicas, primary].filter((region) => region != null))]
  const failures: unknown[] = []
  for (const region of order) {
    try {
      return await databases(region).writers(clustersOf(environment))
    } catch (error) {
      failures.push(error)
      report(`the databases could not be asked in ${region}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  throw new Error(`expected an answer about the writers from one of ${order.join(', ')}, found none`, {
    cause: new AggregateError(failures),
  })
}

async function findPlan(
  regionSwitch: RegionSwitch,
  { planName, region, environment }: RecoveryPlan,
): Promise<SwitchPlan> {
  const plans = await regionSwitch.plans()
  const found = plans.find((one) => one.name === planName)
  if (found) return found
  throw new ConfigurationError([
    {
      message: `expected the Region switch plan ${planName} in ${region}, found ${plans.map((one) => one.name).join(', ') || 'none'}`,
      hint: `deploy the recovery stack of ${environment} (infra.yml)`,
    },
  ])
}

/** A switchover is planned, so it can wait until all is well; a failover cannot. */
async function refuseUnready(
  { clients }: RecoveryPorts,
  { mode, name }: RecoveryRequest,
  warnings: readonly string[],
): Promise<void> {
  if (mode === 'failover') return
  const problems: Problem[] = warnings.map((message) => ({
    message: `the Region switch plan is not ready: ${message}`,
    hint: 'mend it, or fail over if the region is lost',
  }))
  if (clients.read == null) {
    problems.push({
      message: `expected an address of ${name} to ask as a client, found none`,
      hint: 'set edge.domain in environment.yaml, or the input "url"',
    })
  } else if (!(await clients.read())) {
    problems.push({
      message: `expected ${name} to answer reads before a switchover, found no answer`,
      hint: 'a drill of something broken measures nothing; if the region is lost, fail over',
    })
  }
  if (problems.length > 0) throw new ConfigurationError(problems)
}
