import type { Invoke, Properties } from './resource-type.ts'

/**
 * What a resource is set to now, in the shape of its template's properties, as far as it can be told; `undefined` when it is gone.
 * `declared` are the properties that it was made with.
 */
export type ReadLive = (ref: string, declared: Properties) => Promise<Properties | undefined>

/** The types whose drift is detected; CloudFormation calls all others `NOT_CHECKED`. */
export function liveProperties(invoke: Invoke): Readonly<Record<string, ReadLive>> {
  return {
    'AWS::ElasticLoadBalancingV2::TargetGroup': (ref) =>
      firstOf(invoke, 'DescribeTargetGroups', { TargetGroupArns: [ref] }, 'TargetGroups'),
    'AWS::ElasticLoadBalancingV2::ListenerRule': (ref) =>
      firstOf(invoke, 'DescribeRules', { RuleArns: [ref] }, 'Rules'),
    'AWS::SSM::Parameter': (ref) =>
      unlessGone(async () => {
        const { Parameter } = await invoke<{ Parameter: Properties }>('ssm', 'GetParameter', { Name: ref })
        return Parameter
      }),
    'AWS::ECS::Service': (ref, declared) =>
      unlessGone(async () => {
        const cluster = String(declared['Cluster'] ?? 'default')
        const input = { cluster, services: [ref] }
        const { services } = await invoke<{ services: Properties[] }>('ecs', 'DescribeServices', input)
        const service = services.find(({ status }) => status === 'ACTIVE')
        // Only what people set: the rest is numbered, defaulted or ordered by ECS.
        return (
          service && {
            HealthCheckGracePeriodSeconds: service['healthCheckGracePeriodSeconds'],
            DesiredCount: service['desiredCount'],
            TaskDefinition: service['taskDefinition'],
          }
        )
      }),
  }
}

function firstOf(invoke: Invoke, operation: string, input: object, list: string): Promise<Properties | undefined> {
  return unlessGone(async () => {
    const found = await invoke<Record<string, Properties[]>>('elasticloadbalancing', operation, input)
    return found[list]?.[0]
  })
}

async function unlessGone(read: () => Promise<Properties | undefined>): Promise<Properties | undefined> {
  try {
    return await read()
  } catch (error) {
    if (/NotFound|ServiceNotActive/.test((error as { code?: string }).code ?? '')) return undefined
    throw error
  }
}
