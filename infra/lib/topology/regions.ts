import type { DesiredState, EnvironmentState } from '@sluice/core/environment/read'
import { ConfigurationError, type Problem } from '@sluice/core/failure'
import { names } from '@sluice/core/names'
import { edgeProblems } from '../edge/check.ts'
import { distributionRegion, hasDistribution } from '../edge/entry.ts'
import { regionBlocks } from './addresses.ts'
import { profileOf } from './profiles.ts'

/** The region that writes, and those that follow it. */
export interface Regions {
  readonly primary: string
  readonly replicas: readonly string[]
}

export function regionsOf({ environment }: EnvironmentState): Regions {
  const [primary, ...replicas] = environment.regions
  if (primary == null) throw new Error('an environment has at least one region')
  return { primary, replicas }
}

export function isPrimary(state: EnvironmentState, region: string): boolean {
  return regionsOf(state).primary === region
}

/** Where an environment has stacks: in its own regions, and in CloudFront's where it has a distribution. */
export function stackRegions(state: EnvironmentState): string[] {
  const { regions } = state.environment
  return [...new Set([...regions, ...(hasDistribution(state) ? [distributionRegion] : [])])]
}

/** The regions that hold copies of the images: the artifact account's own first, then every other region that runs tasks. */
export function registryRegions({ project, environments }: DesiredState): [home: string, ...copies: string[]] {
  const running = Object.values(environments).flatMap(({ environment }) => environment.regions)
  const home = project.artifacts.region
  return [home, ...[...new Set(running)].filter((region) => region !== home).sort()]
}

/** Throws a `ConfigurationError` with everything of the environments that their profiles cannot be built with. */
export function checkTopology(environments: Readonly<Record<string, EnvironmentState>>): void {
  const problems: Problem[] = Object.values(environments).flatMap((state) => {
    const { name, environment } = state
    const location = { file: `environments/${name}/environment.yaml` }
    const { minimum, maximum } = profileOf(environment).regions
    const { regions, topology } = environment
    const found: Problem[] = []
    if (regions.length < minimum || regions.length > maximum) {
      const expected = minimum === maximum ? `${minimum}` : `${minimum} to ${maximum}`
      found.push({
        message: `regions: expected ${expected} with the profile ${topology.profile}, found ${regions.length} (${regions.join(', ')})`,
        hint: 'free and dev live in one region, production in up to three, global in two or three',
        location,
      })
    }
    if (new Set(regions).size < regions.length) {
      found.push({ message: `regions: expected each once, found ${regions.join(', ')}`, location })
    }
    for (const region of regions.filter((one) => regionBlocks[one] == null)) {
      found.push({
        message: `regions: ${region} has no address block`,
        hint: 'add one to infra/lib/topology/addresses.ts',
        location,
      })
    }
    const plans = regions.slice(1).map((region) => names.regionSwitchPlan(name, region))
    for (const plan of plans.filter((one) => one.length > 32)) {
      found.push({
        message: `regions: expected a name of at most 32 characters for the Region switch plan, found ${plan}`,
        hint: 'a shorter name of the environment',
        location,
      })
    }
    if (profileOf(environment).database.kind === 'instance' && topology.physicalClusters > 1) {
      found.push({
        message: `topology.physicalClusters: expected 1 with the profile ${topology.profile}, found ${topology.physicalClusters}`,
        hint: 'free and dev keep the 8 logical shards in one instance; production and global have clusters',
        location,
      })
    }
    return [...found, ...edgeProblems(state)]
  })
  if (problems.length > 0) throw new ConfigurationError(problems)
}
