import { isDeepStrictEqual } from 'node:util'

import type * as Sdk from '@aws-sdk/client-elastic-load-balancing-v2'

import type { EmulatorClock } from '../../clock.ts'
import { AwsError, type Operation } from '../../endpoint/service.ts'
import type { LoadBalancer } from '../model.ts'
import type { LoadBalancingState } from '../state.ts'
import { resourceName } from './input.ts'
import { writeTags } from './tag-operations.ts'

/** AWS's defaults, of the attributes that our templates and tools read. */
const defaultAttributes: ReadonlyArray<readonly [string, string]> = [
  ['deletion_protection.enabled', 'false'],
  ['idle_timeout.timeout_seconds', '60'],
  ['routing.http2.enabled', 'true'],
  ['routing.http.drop_invalid_header_fields.enabled', 'false'],
  ['access_logs.s3.enabled', 'false'],
]

/** Every load balancer is where its listeners are: on this machine. */
const dnsName = '127.0.0.1'

export function loadBalancerOperations(
  state: LoadBalancingState,
  clock: EmulatorClock,
  deleteListener: (arn: string) => Promise<void>,
): Readonly<Record<string, Operation>> {
  return {
    CreateLoadBalancer(input: Sdk.CreateLoadBalancerCommandInput) {
      const name = resourceName('load balancer', input.Name)
      if ((input.Type ?? 'application') !== 'application') {
        throw new AwsError(
          'ValidationError',
          `Only load balancers of type 'application' work here, found '${input.Type ?? ''}'`,
        )
      }
      const dimension = `app/${name}/${state.id()}`
      const subnets = input.Subnets ?? input.SubnetMappings?.flatMap(({ SubnetId }) => SubnetId ?? []) ?? []
      const scheme = input.Scheme ?? 'internet-facing'
      const known = [...state.loadBalancers.values()].find((loadBalancer) => loadBalancer.name === name)
      if (known) {
        // The same again is no error: the call is idempotent (ELB API reference, CreateLoadBalancer).
        if (known.scheme === scheme && isDeepStrictEqual(known.subnets, subnets))
          return { LoadBalancers: [show(known)] }
        const message = 'A load balancer with the same name exists, but with different settings'
        throw new AwsError('DuplicateLoadBalancerName', message)
      }
      const loadBalancer: LoadBalancer = {
        arn: state.arn(`loadbalancer/${dimension}`),
        name,
        dimension,
        scheme,
        vpcId: 'vpc-local',
        subnets,
        securityGroups: input.SecurityGroups ?? [],
        createdAt: clock.now(),
        attributes: new Map(defaultAttributes),
      }
      state.loadBalancers.set(loadBalancer.arn, loadBalancer)
      writeTags(state, loadBalancer.arn, input.Tags)
      return { LoadBalancers: [show(loadBalancer)] }
    },
    DescribeLoadBalancers(input: Sdk.DescribeLoadBalancersCommandInput) {
      const all = [...state.loadBalancers.values()]
      const named = input.Names?.map((name) => {
        const found = all.find((loadBalancer) => loadBalancer.name === name)
        if (!found) throw new AwsError('LoadBalancerNotFound', `Load balancers '[${name}]' not found`)
        return found
      })
      const chosen = named ?? input.LoadBalancerArns?.map((arn) => state.loadBalancer(arn)) ?? all
      return { LoadBalancers: chosen.map(show) }
    },
    async DeleteLoadBalancer(input: Sdk.DeleteLoadBalancerCommandInput) {
      const arn = input.LoadBalancerArn ?? ''
      const listeners = [...state.listeners.values()].filter((listener) => listener.loadBalancer.arn === arn)
      for (const listener of listeners) await deleteListener(listener.arn)
      state.loadBalancers.delete(arn)
      state.forgetTags(arn)
      return {}
    },
    DescribeLoadBalancerAttributes(input: Sdk.DescribeLoadBalancerAttributesCommandInput) {
      return { Attributes: showAttributes(state.loadBalancer(input.LoadBalancerArn ?? '').attributes) }
    },
    ModifyLoadBalancerAttributes(input: Sdk.ModifyLoadBalancerAttributesCommandInput) {
      const { attributes } = state.loadBalancer(input.LoadBalancerArn ?? '')
      for (const { Key, Value } of input.Attributes ?? []) attributes.set(Key ?? '', Value ?? '')
      return { Attributes: showAttributes(attributes) }
    },
  }
}

/** Attributes as key and value. */
export function showAttributes(attributes: ReadonlyMap<string, string>): Array<{ Key: string; Value: string }> {
  return [...attributes].map(([Key, Value]) => ({ Key, Value }))
}

function show(loadBalancer: LoadBalancer): Sdk.LoadBalancer {
  return {
    LoadBalancerArn: loadBalancer.arn,
    DNSName: dnsName,
    CanonicalHostedZoneId: 'Z35SXDOTRQ7X7K',
    CreatedTime: loadBalancer.createdAt,
    LoadBalancerName: loadBalancer.name,
    Scheme: loadBalancer.scheme as Sdk.LoadBalancerSchemeEnum,
    VpcId: loadBalancer.vpcId,
    State: { Code: 'active' },
    Type: 'application',
    AvailabilityZones: loadBalancer.subnets.map((SubnetId) => ({ SubnetId })),
    SecurityGroups: [...loadBalancer.securityGroups],
    IpAddressType: 'ipv4',
  }
}
