import type * as Sdk from '@aws-sdk/client-elastic-load-balancing-v2'

import { AwsError, type Operation } from '../../endpoint/service.ts'
import { drainTarget, type DrainPorts, registerTarget } from '../data-plane/register-targets.ts'
import type { RegisteredTarget, TargetGroup } from '../model.ts'
import type { LoadBalancingState } from '../state.ts'
import { numberOr, resourceName, wholeNumber } from './input.ts'
import { showAttributes } from './load-balancer-operations.ts'
import { writeTags } from './tag-operations.ts'
import { defaultCheck, notRegistered, readCheck, showHealth, showTargetGroup } from './target-group-shapes.ts'

const defaultAttributes: ReadonlyArray<readonly [string, string]> = [
  ['deregistration_delay.timeout_seconds', '300'],
  ['load_balancing.algorithm.type', 'round_robin'],
  ['load_balancing.cross_zone.enabled', 'use_load_balancer_configuration'],
  ['slow_start.duration_seconds', '0'],
  ['stickiness.enabled', 'false'],
  ['stickiness.type', 'lb_cookie'],
]

export function targetGroupOperations(
  state: LoadBalancingState,
  ports: DrainPorts,
): Readonly<Record<string, Operation>> {
  return {
    CreateTargetGroup(input: Sdk.CreateTargetGroupCommandInput) {
      const name = resourceName('target group', input.Name)
      const dimension = `targetgroup/${name}/${state.id()}`
      const group: TargetGroup = {
        arn: state.arn(dimension),
        name,
        dimension,
        port: numberOr('Port', input.Port, 80, { from: 1, to: 65_535 }),
        protocol: input.Protocol ?? 'HTTP',
        protocolVersion: input.ProtocolVersion ?? 'HTTP1',
        targetType: input.TargetType ?? 'instance',
        vpcId: input.VpcId ?? 'vpc-local',
        healthCheck: readCheck(input, defaultCheck),
        attributes: new Map(defaultAttributes),
        targets: new Map(),
        turn: 0,
      }
      const known = [...state.targetGroups.values()].find((other) => other.name === name)
      if (known) {
        const settings = ({ port, protocol, targetType, vpcId, healthCheck }: TargetGroup) =>
          JSON.stringify([port, protocol, targetType, vpcId, healthCheck])
        if (settings(known) === settings(group)) return { TargetGroups: [showTargetGroup(state, known)] }
        const message = `A target group with the same name '${name}' exists, but with different settings`
        throw new AwsError('DuplicateTargetGroupName', message)
      }
      state.targetGroups.set(group.arn, group)
      writeTags(state, group.arn, input.Tags)
      return { TargetGroups: [showTargetGroup(state, group)] }
    },
    DescribeTargetGroups(input: Sdk.DescribeTargetGroupsCommandInput) {
      const all = [...state.targetGroups.values()]
      const named = input.Names?.map((name) => {
        const found = all.find((group) => group.name === name)
        if (!found) throw new AwsError('TargetGroupNotFound', `Target groups '[${name}]' not found`)
        return found
      })
      const chosen = named ?? input.TargetGroupArns?.map((arn) => state.targetGroup(arn)) ?? all
      const wanted = input.LoadBalancerArn
      const shown = chosen.map((group) => showTargetGroup(state, group))
      return { TargetGroups: shown.filter((group) => wanted === undefined || group.LoadBalancerArns?.includes(wanted)) }
    },
    ModifyTargetGroup(input: Sdk.ModifyTargetGroupCommandInput) {
      const group = state.targetGroup(input.TargetGroupArn ?? '')
      group.healthCheck = readCheck(input, group.healthCheck)
      return { TargetGroups: [showTargetGroup(state, group)] }
    },
    DeleteTargetGroup(input: Sdk.DeleteTargetGroupCommandInput) {
      const arn = input.TargetGroupArn ?? ''
      if (state.usersOf(arn).length > 0) {
        throw new AwsError('ResourceInUse', `Target group '${arn}' is currently in use by a listener or a rule`)
      }
      for (const target of state.targetGroups.get(arn)?.targets.values() ?? []) {
        ports.checks.stop(target)
        if (target.inFlight === 0) ports.connections.close(target)
      }
      state.targetGroups.delete(arn)
      state.forgetTags(arn)
      return {}
    },
    DescribeTargetGroupAttributes(input: Sdk.DescribeTargetGroupAttributesCommandInput) {
      return { Attributes: showAttributes(state.targetGroup(input.TargetGroupArn ?? '').attributes) }
    },
    ModifyTargetGroupAttributes(input: Sdk.ModifyTargetGroupAttributesCommandInput) {
      const { attributes } = state.targetGroup(input.TargetGroupArn ?? '')
      for (const { Key, Value } of input.Attributes ?? []) {
        if (Key === 'deregistration_delay.timeout_seconds') numberOr(Key, Value, 300, { from: 0, to: 3600 })
        attributes.set(Key ?? '', Value ?? '')
      }
      return { Attributes: showAttributes(attributes) }
    },
    RegisterTargets(input: Sdk.RegisterTargetsCommandInput) {
      const group = state.targetGroup(input.TargetGroupArn ?? '')
      for (const { Id, Port } of input.Targets ?? []) {
        const port = numberOr('Port', Port, group.port, { from: 1, to: 65_535 })
        const id = Id ?? ''
        registerTarget(group, { id, host: id, port }, ports.checks, true)
      }
      return {}
    },
    DeregisterTargets(input: Sdk.DeregisterTargetsCommandInput) {
      const group = state.targetGroup(input.TargetGroupArn ?? '')
      for (const described of input.Targets ?? []) {
        const found = findTargets(group, described)
        if (found.length === 0) throw invalidTarget(group, described)
        for (const target of found) void drainTarget(group, target, ports)
      }
      return {}
    },
    DescribeTargetHealth(input: Sdk.DescribeTargetHealthCommandInput) {
      const group = state.targetGroup(input.TargetGroupArn ?? '')
      const described = input.Targets
      const found = described
        ? described.flatMap((target) => {
            const known = findTargets(group, target)
            return known.length > 0 ? known.map(showHealth) : [notRegistered(target)]
          })
        : [...group.targets.values()].map(showHealth)
      return { TargetHealthDescriptions: found }
    },
  }
}

function findTargets(group: TargetGroup, { Id, Port }: Sdk.TargetDescription): RegisteredTarget[] {
  const port = Port === undefined ? undefined : wholeNumber('Port', Port, { from: 1, to: 65_535 })
  return [...group.targets.values()].filter(
    ({ target }) => target.id === Id && (port === undefined || target.port === port),
  )
}

function invalidTarget(group: TargetGroup, target: Sdk.TargetDescription): AwsError {
  return new AwsError(
    'InvalidTarget',
    `The target '${target.Id ?? ''}' is not registered to the target group '${group.arn}'`,
  )
}
