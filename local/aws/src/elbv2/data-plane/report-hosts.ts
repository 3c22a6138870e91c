import type { LoadBalancingState } from '../state.ts'
import type { TrafficMetrics } from './traffic-metrics.ts'

/** AWS reports once a minute; here every second, so that a judge with short intervals finds points. */
const everyMilliseconds = 1000

/** Reports how many targets are healthy in each target group in use. Returns what ends it. */
export function reportHosts(state: LoadBalancingState, metrics: TrafficMetrics): () => void {
  const timer = setInterval(() => {
    for (const group of state.targetGroups.values()) {
      const targets = [...group.targets.values()]
      const count = (wanted: string) => targets.filter((target) => target.state === wanted).length
      for (const loadBalancer of state.usersOf(group.arn)) {
        metrics.hosts(loadBalancer, group, count('healthy'), count('unhealthy'))
      }
    }
  }, everyMilliseconds)
  timer.unref()
  return () => clearInterval(timer)
}
