import type { Server } from 'node:http'
import { join } from 'node:path'

import type { EmulatorClock } from '../clock.ts'
import type { MetricStore } from '../cloudwatch/metric-store.ts'
import { AwsError, type AwsService, type Operation } from '../endpoint/service.ts'
import { TargetConnections } from './data-plane/forward.ts'
import { HealthChecks } from './data-plane/health-checks.ts'
import { serveListener } from './data-plane/listener-server.ts'
import { closeServer, listenSomewhere } from './data-plane/listening-port.ts'
import { drainTarget, registerTarget } from './data-plane/register-targets.ts'
import { reportHosts } from './data-plane/report-hosts.ts'
import { trafficMetrics } from './data-plane/traffic-metrics.ts'
import { restoreState, saveState } from './keep-state.ts'
import type { LoadBalancing } from './load-balancing.ts'
import { deleteListener, type ListenerControl, listenerOperations } from './operations/listener-operations.ts'
import { loadBalancerOperations } from './operations/load-balancer-operations.ts'
import { tagOperations } from './operations/tag-operations.ts'
import { targetGroupOperations } from './operations/target-group-operations.ts'
import { LoadBalancingState } from './state.ts'

/** What load balancing works with. */
export interface LoadBalancingOptions {
  readonly clock: EmulatorClock
  readonly metrics: MetricStore
  /** A port of 127.0.0.1 for the next listener; asked again when somebody else has taken it. */
  readonly nextPort: () => number
  readonly region: string
  readonly account: string
  /** From 0 (inclusive) to 1; chooses among weighted target groups. */
  readonly random?: () => number
  /** Holds `elbv2.json`; what it holds is taken up again, listeners on their ports. Without it nothing outlives the process. */
  readonly stateFolder?: string
}

/** ELBv2: its API, what ECS does to it in process, and the listeners that carry the traffic. */
export function createLoadBalancing(options: LoadBalancingOptions): {
  readonly service: AwsService
  readonly balancing: LoadBalancing
  /** Settles when the listeners of a former process listen again. Every operation waits for it. */
  readonly ready: Promise<void>
  close(): Promise<void>
} {
  const { clock } = options
  const state = new LoadBalancingState(options.region, options.account)
  const connections = new TargetConnections()
  const metrics = trafficMetrics(options.metrics, () => clock.now())
  const checks = new HealthChecks(clock, (group) => state.usersOf(group.arn).length > 0)
  const drain = { checks, connections, clock }
  const servers = new Map<string, Server>()
  const stopReporting = reportHosts(state, metrics)

  const file = options.stateFolder === undefined ? undefined : join(options.stateFolder, 'elbv2.json')
  if (file !== undefined) restoreState(file, state)
  const save = () => {
    if (file !== undefined) saveState(file, state)
  }

  const control: ListenerControl = {
    async open(arn, formerPort) {
      const ports = {
        targetGroup: (group: string) => state.targetGroups.get(group),
        connections,
        metrics,
        random: options.random ?? Math.random,
        now: () => clock.now(),
      }
      const { port, server } = await listenSomewhere(options.nextPort, formerPort, (candidate) =>
        serveListener(candidate, () => state.listeners.get(arn), ports),
      )
      servers.set(arn, server)
      return port
    },
    async close(arn) {
      const server = servers.get(arn)
      servers.delete(arn)
      if (server) await closeServer(server)
    },
    rulesChanged() {
      for (const group of state.targetGroups.values()) checks.update(group)
    },
  }

  const balancing: LoadBalancing = {
    register(targetGroupArn, target) {
      registerTarget(state.targetGroup(targetGroupArn), target, checks)
    },
    async deregister(targetGroupArn, targetId) {
      const group = state.targetGroups.get(targetGroupArn)
      if (!group) return
      const found = [...group.targets.values()].filter(({ target }) => target.id === targetId)
      await Promise.all(found.map((target) => drainTarget(group, target, drain)))
    },
    health(targetGroupArn) {
      return [...state.targetGroup(targetGroupArn).targets.values()].map(({ target, state, reason, description }) => ({
        target,
        state,
        ...(reason === undefined ? {} : { reason }),
        ...(description === undefined ? {} : { description }),
      }))
    },
    weights(ruleArn) {
      const { action } = state.rule(ruleArn).rule
      return action.type === 'forward' ? action.targetGroups : []
    },
    setWeights(ruleArn, weights) {
      for (const { targetGroupArn, weight } of weights) {
        state.targetGroup(targetGroupArn)
        if (!Number.isInteger(weight) || weight < 0 || weight > 999) {
          throw new AwsError('ValidationError', `Weight must be a whole number from 0 to 999, found '${weight}'`)
        }
      }
      const { rule } = state.rule(ruleArn)
      const { action } = rule
      // In one assignment: a request sees the old weights or the new ones.
      rule.action =
        action.type === 'forward' ? { ...action, targetGroups: weights } : { type: 'forward', targetGroups: weights }
      control.rulesChanged()
      save()
    },
  }

  const ready = (async () => {
    for (const listener of state.listeners.values()) listener.port = await control.open(listener.arn, listener.port)
    control.rulesChanged()
    save()
  })()
  ready.catch(() => undefined)
  const operations = {
    ...loadBalancerOperations(state, clock, (arn) => deleteListener(state, control, arn)),
    ...targetGroupOperations(state, drain),
    ...listenerOperations(state, control),
    ...tagOperations(state),
  }

  return {
    service: {
      protocol: 'query',
      version: '2015-12-01',
      xmlNamespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
      operations: mapOperations(operations, async (name, run) => {
        await ready
        const output = await run()
        if (!name.startsWith('Describe')) save()
        return output
      }),
    },
    balancing,
    ready,
    async close() {
      await ready.catch(() => undefined)
      stopReporting()
      checks.close()
      await Promise.all([...servers.values()].map(closeServer))
      for (const group of state.targetGroups.values()) {
        for (const target of group.targets.values()) connections.close(target)
      }
    },
  }
}

/** The same operations, each run by `around`. */
function mapOperations(
  operations: Readonly<Record<string, Operation>>,
  around: (name: string, run: () => Promise<object> | object) => Promise<object>,
): Record<string, Operation> {
  const wrapped = Object.entries(operations).map(([name, operation]): [string, Operation] => [
    name,
    (input, call) => around(name, () => operation(input, call)),
  ])
  return Object.fromEntries(wrapped)
}
