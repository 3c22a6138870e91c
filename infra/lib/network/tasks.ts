import { Fn } from 'aws-cdk-lib'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { profileOf } from '../topology/profiles.ts'
import { networkExports } from './exports.ts'

/** Items of an exported list, one by one: a list whose length only CloudFormation knows needs a custom resource in places. */
export function importList(exportName: string, length: number): string[] {
  return Array.from({ length }, (_, index) => Fn.select(index, Fn.split(',', Fn.importValue(exportName))))
}

/** Where an environment's tasks stand, in the shape of ECS's network configuration. */
export function taskNetwork({ name, environment }: EnvironmentState): {
  readonly subnets: string[]
  readonly securityGroups: string[]
  readonly assignPublicIp: 'ENABLED' | 'DISABLED'
} {
  const { nat, zones } = profileOf(environment)
  const exported = networkExports(name)
  return {
    subnets: importList(exported.taskSubnets, zones),
    securityGroups: [Fn.importValue(exported.taskGroup)],
    // Without a NAT a task reaches ECR, logs and secrets by an address of its own; its security group lets nobody in.
    assignPublicIp: nat === 'none' ? 'ENABLED' : 'DISABLED',
  }
}

/** The public subnets of the load balancer. */
export function loadBalancerSubnets({ name, environment }: EnvironmentState): string[] {
  return importList(networkExports(name).publicSubnets, profileOf(environment).zones)
}
