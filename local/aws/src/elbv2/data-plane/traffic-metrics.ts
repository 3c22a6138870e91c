import type { MetricStore } from '../../cloudwatch/metric-store.ts'
import type { LoadBalancer, TargetGroup } from '../model.ts'

/** Reports traffic in the names and dimensions of AWS/ApplicationELB. */
export interface TrafficMetrics {
  /** A target answered. `seconds`: from the request's leaving to the response's headers. */
  answered(loadBalancer: LoadBalancer, group: TargetGroup, status: number, seconds: number): void
  /** A target was chosen, and the load balancer had to answer in its place (502, 504). */
  failed(loadBalancer: LoadBalancer, group: TargetGroup, status: number, isConnectionError: boolean): void
  /** The load balancer answered by itself, before any target was chosen (503). */
  rejected(loadBalancer: LoadBalancer, status: number): void
  hosts(loadBalancer: LoadBalancer, group: TargetGroup, healthy: number, unhealthy: number): void
}

type Dimensions = Readonly<Record<string, string>>

export function trafficMetrics(metrics: MetricStore, now: () => Date): TrafficMetrics {
  // The same object for the same dimensions: at thousands of requests a second the store finds its series by it.
  const ofLoadBalancer = new WeakMap<LoadBalancer, Dimensions>()
  const ofGroup = new WeakMap<TargetGroup, { loadBalancer: LoadBalancer; dimensions: Dimensions }>()
  const wide = (loadBalancer: LoadBalancer) => {
    const known = ofLoadBalancer.get(loadBalancer) ?? { LoadBalancer: loadBalancer.dimension }
    ofLoadBalancer.set(loadBalancer, known)
    return known
  }
  const narrow = (loadBalancer: LoadBalancer, group: TargetGroup) => {
    const known = ofGroup.get(group)
    if (known?.loadBalancer === loadBalancer) return known.dimensions
    const dimensions = { TargetGroup: group.dimension, LoadBalancer: loadBalancer.dimension }
    ofGroup.set(group, { loadBalancer, dimensions })
    return dimensions
  }
  const put = (name: string, dimensions: Dimensions, time: Date, value: number, unit = 'Count') =>
    metrics.put({ namespace: 'AWS/ApplicationELB', name, dimensions, time, value, unit })
  const both = (
    name: string,
    loadBalancer: LoadBalancer,
    group: TargetGroup,
    time: Date,
    value = 1,
    unit = 'Count',
  ) => {
    put(name, narrow(loadBalancer, group), time, value, unit)
    put(name, wide(loadBalancer), time, value, unit)
  }
  const byLoadBalancer = (loadBalancer: LoadBalancer, status: number, time: Date) => {
    put(`HTTPCode_ELB_${Math.floor(status / 100)}XX_Count`, wide(loadBalancer), time, 1)
    if (status >= 500) put(`HTTPCode_ELB_${status}_Count`, wide(loadBalancer), time, 1)
  }
  return {
    answered(loadBalancer, group, status, seconds) {
      const time = now()
      both('RequestCount', loadBalancer, group, time)
      both(`HTTPCode_Target_${Math.floor(status / 100)}XX_Count`, loadBalancer, group, time)
      both('TargetResponseTime', loadBalancer, group, time, seconds, 'Seconds')
    },
    failed(loadBalancer, group, status, isConnectionError) {
      const time = now()
      both('RequestCount', loadBalancer, group, time)
      if (isConnectionError) both('TargetConnectionErrorCount', loadBalancer, group, time)
      byLoadBalancer(loadBalancer, status, time)
    },
    rejected(loadBalancer, status) {
      byLoadBalancer(loadBalancer, status, now())
    },
    hosts(loadBalancer, group, healthy, unhealthy) {
      const time = now()
      put('HealthyHostCount', narrow(loadBalancer, group), time, healthy)
      put('UnHealthyHostCount', narrow(loadBalancer, group), time, unhealthy)
    },
  }
}
