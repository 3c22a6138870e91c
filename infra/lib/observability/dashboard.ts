import { clusterName, ecsServiceName } from '@sluice/core/environment/ecs-names'
import type { EnvironmentState } from '@sluice/core/environment/read'

type Metric = readonly (string | object)[]

/**
 * The dashboard of one region: for each web service requests, errors and slowness by side, for each service its CPU and memory.
 * `${LoadBalancer}` and `${<service><side>}` stand for names that only CloudFormation knows (`Fn::Sub`).
 */
export function dashboardBody(state: EnvironmentState, region: string): object {
  const graph = (title: string, stat: string, metrics: readonly Metric[]) => ({
    type: 'metric',
    width: 8,
    height: 6,
    properties: { title, region, stat, period: 60, view: 'timeSeries', metrics },
  })
  return {
    widgets: Object.entries(state.services).flatMap(([service, { kind, slo }]) => {
      const ofSides = (metric: string): Metric[] =>
        (['blue', 'green'] as const).map((side) => [
          'AWS/ApplicationELB',
          metric,
          'TargetGroup',
          `\${${service.replaceAll('-', '')}${side}}`,
          'LoadBalancer',
          '${LoadBalancer}',
          { label: side },
        ])
      const ofTasks = ['CPUUtilization', 'MemoryUtilization'].map((metric) => [
        'AWS/ECS',
        metric,
        'ClusterName',
        clusterName(state),
        'ServiceName',
        ecsServiceName(state, service),
      ])
      return [
        ...(kind === 'web'
          ? [
              graph(`${service}: requests`, 'Sum', ofSides('RequestCount')),
              graph(`${service}: 5xx`, 'Sum', ofSides('HTTPCode_Target_5XX_Count')),
              graph(
                `${service}: seconds, p${slo.latency.percent}`,
                `p${slo.latency.percent}`,
                ofSides('TargetResponseTime'),
              ),
            ]
          : []),
        ...(kind === 'job' ? [] : [graph(`${service}: tasks`, 'Average', ofTasks)]),
      ]
    }),
  }
}
