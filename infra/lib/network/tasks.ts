import { Fn } from 'aws-cdk-lib'
import { adoptionOf } from '@sluice/core/environment/adopt'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { zones as allZones } from '../topology/addresses.ts'
import { profileOf } from '../topology/profiles.ts'
import { networkExports } from './exports.ts'

/** Items of an exported list, one by one: a list whose length only CloudFormation knows needs a custom resource in places. */
export function importList(exportName: string, length: number): string[] {
  return Array.from({ length }, (_, index) => Fn.select(index, Fn.split(',', Fn.importValue(exportName))))
}

/** How many subnets of each kind a region has: by zone where the network is ours, as many as there are in an adopted one. */
export function subnetCounts(state: EnvironmentState, region: string) {
  const adopted = adoptionOf(state, region)?.network
  const { zones } = profileOf(state.environment)
  return {
    public: adopted?.publicSubnets.length ?? zones,
    task: adopted?.taskSubnets.length ?? zones,
    private: (adopted?.privateSubnets ?? adopted?.taskSubnets)?.length ?? allZones.length,
    database: adopted?.databaseSubnets.length ?? allZones.length,
    cache: adopted?.cacheSubnets.length ?? allZones.length,
  }
}

/** Where an environment's tasks stand in a region, in the shape of ECS's network configuration. */
export function taskNetwork(
  state: EnvironmentState,
  region: string,
): {
  readonly subnets: string[]
  readonly securityGroups: string[]
  readonly assignPublicIp: 'ENABLED' | 'DISABLED'
} {
  const exported = networkExports(state.name)
  const adopted = adoptionOf(state, region)?.network
  const hasAddress = adopted ? adopted.taskAddresses === 'public' : profileOf(state.environment).nat === 'none'
  return {
    subnets: importList(exported.taskSubnets, subnetCounts(state, region).task),
    securityGroups: [Fn.importValue(exported.taskGroup)],
    // Without a NAT a task reaches ECR, logs and secrets by an address of its own; its security group lets nobody in.
    assignPublicIp: hasAddress ? 'ENABLED' : 'DISABLED',
  }
}

/** The public subnets of the load balancer. */
export function loadBalancerSubnets(state: EnvironmentState, region: string): string[] {
  return importList(networkExports(state.name).publicSubnets, subnetCounts(state, region).public)
}
