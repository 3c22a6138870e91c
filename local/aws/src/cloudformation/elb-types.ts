import type { Invoke, Properties, ResourceTypes } from './resource-type.ts'

/** ELBv2 caps names at 32 characters; CloudFormation shortens the ones that it makes. */
const shortened = (name: string) => name.slice(-32).replace(/^-+/, '')

export function elbTypes(invoke: Invoke): ResourceTypes {
  const without = (properties: Properties, ...keys: string[]) =>
    Object.fromEntries(Object.entries(properties).filter(([key]) => !keys.includes(key)))

  return {
    'AWS::ElasticLoadBalancingV2::LoadBalancer': async (properties, { generated, existing }) => {
      const name = (properties['Name'] as string | undefined) ?? shortened(generated)
      const input = { ...without(properties, 'LoadBalancerAttributes'), Name: name }
      const { LoadBalancers } = existing
        ? await invoke<LoadBalancersOutput>('elasticloadbalancing', 'DescribeLoadBalancers', {
            LoadBalancerArns: [existing.ref],
          })
        : await invoke<LoadBalancersOutput>('elasticloadbalancing', 'CreateLoadBalancer', input)
      const [made] = LoadBalancers
      if (!made) throw new Error(`the load balancer ${name} was not made`)
      if (properties['LoadBalancerAttributes']) {
        const Attributes = properties['LoadBalancerAttributes']
        await invoke('elasticloadbalancing', 'ModifyLoadBalancerAttributes', {
          LoadBalancerArn: made.LoadBalancerArn,
          Attributes,
        })
      }
      return {
        ref: made.LoadBalancerArn,
        attributes: {
          LoadBalancerArn: made.LoadBalancerArn,
          DNSName: made.DNSName,
          CanonicalHostedZoneID: made.CanonicalHostedZoneId ?? 'Z35SXDOTRQ7X7K',
          LoadBalancerName: name,
          LoadBalancerFullName: made.LoadBalancerArn.split(':loadbalancer/')[1],
        },
      }
    },
    'AWS::ElasticLoadBalancingV2::TargetGroup': async (properties, { generated, existing }) => {
      const name = (properties['Name'] as string | undefined) ?? shortened(generated)
      const input = { ...without(properties, 'TargetGroupAttributes', 'Targets', 'Tags'), Name: name }
      let arn = existing?.ref
      if (arn == null) {
        const made = await invoke<{ TargetGroups: { TargetGroupArn: string }[] }>(
          'elasticloadbalancing',
          'CreateTargetGroup',
          input,
        )
        arn = made.TargetGroups[0]?.TargetGroupArn ?? ''
      } else {
        const changes = without(input, 'Name', 'Port', 'Protocol', 'VpcId', 'TargetType')
        await invoke('elasticloadbalancing', 'ModifyTargetGroup', { ...changes, TargetGroupArn: arn })
      }
      if (properties['TargetGroupAttributes']) {
        const Attributes = properties['TargetGroupAttributes']
        await invoke('elasticloadbalancing', 'ModifyTargetGroupAttributes', { TargetGroupArn: arn, Attributes })
      }
      const fullName = `targetgroup/${arn.split(':targetgroup/')[1]}`
      return { ref: arn, attributes: { TargetGroupArn: arn, TargetGroupFullName: fullName, TargetGroupName: name } }
    },
    'AWS::ElasticLoadBalancingV2::Listener': async (properties, { existing }) => {
      const input = without(properties, 'ListenerAttributes')
      let arn = existing?.ref
      if (arn == null) {
        const made = await invoke<{ Listeners: { ListenerArn: string }[] }>(
          'elasticloadbalancing',
          'CreateListener',
          input,
        )
        arn = made.Listeners[0]?.ListenerArn ?? ''
      } else {
        const changes = { ListenerArn: arn, DefaultActions: properties['DefaultActions'] }
        await invoke('elasticloadbalancing', 'ModifyListener', changes)
      }
      return { ref: arn, attributes: { ListenerArn: arn } }
    },
    'AWS::ElasticLoadBalancingV2::ListenerRule': async (properties, { existing }) => {
      let arn = existing?.ref
      if (arn == null) {
        const made = await invoke<{ Rules: { RuleArn: string }[] }>('elasticloadbalancing', 'CreateRule', properties)
        arn = made.Rules[0]?.RuleArn ?? ''
      } else {
        const { Actions, Conditions } = properties
        await invoke('elasticloadbalancing', 'ModifyRule', { RuleArn: arn, Actions, Conditions })
      }
      return { ref: arn, attributes: { RuleArn: arn, IsDefault: false } }
    },
  }
}

interface LoadBalancersOutput {
  readonly LoadBalancers: readonly {
    readonly LoadBalancerArn: string
    readonly DNSName: string
    readonly CanonicalHostedZoneId?: string
  }[]
}
