import type { DesiredState, EnvironmentState } from '@sluice/core/environment/read'
import { ConfigurationError } from '@sluice/core/failure'
import { distributionRegion } from '../edge/entry.ts'
import { planStacks } from '../planning/stacks.ts'
import { buildTemplates } from '../planning/synthesize.ts'
import { profileOf } from '../topology/profiles.ts'
import { compareWithDocumented, type DocumentedComparison } from './documented.ts'
import { costChanges, estimate, type CostChange, type Estimate } from './estimate.ts'
import type { PriceFile, UsageFile } from './prices.ts'
import { monthHours } from './rates/terms.ts'
import { resourcesOf } from './resources.ts'

/** The files that an estimate is made with. */
export interface CostAssumptions extends UsageFile {
  readonly prices: PriceFile
}

/** What an environment costs a month, beside what it may cost and what it was said to cost. */
export interface EnvironmentCost extends Estimate {
  readonly environment: string
  readonly profile: string
  readonly regions: readonly string[]
  readonly capUsd: number
  readonly capSource: string
  /** The reference of the environment's profile, held against the figure that was documented for it. */
  readonly documented: DocumentedComparison
  /** What the environment has beyond that reference: more clusters, regions, tasks. Nothing for a reference itself. */
  readonly beyondProfile: readonly CostChange[]
  /** What runs twice in a rollout, and what that adds in a month with so many hours of rollouts. */
  readonly rollouts: {
    readonly hours: number
    readonly usd: number
    readonly items: ReadonlyArray<{ readonly item: string; readonly region: string; readonly usd: number }>
  }
  /** What another service of the same size adds. */
  readonly anotherService: { readonly usd: number; readonly changes: readonly CostChange[] }
  /** What the environment uses and no template makes: paid for, and not priced here. */
  readonly adopted: readonly string[]
  /** A budget by these numbers: a month with its rollouts, and a tenth to spare. */
  readonly proposedBudgetUsd: number
}

/** The same desired state with one environment, `profile`, that has the services, regions and clusters of its reference. */
export function referenceState(state: DesiredState, profile: string, { profiles }: CostAssumptions): DesiredState {
  const usage = profiles[profile]
  if (!usage) {
    throw new ConfigurationError(`expected a profile out of ${Object.keys(profiles).join(', ')}, found "${profile}"`)
  }
  const { services, regions, physicalClusters } = usage.reference
  const like = state.environments[services] ?? Object.values(state.environments)[0]
  if (!like) throw new ConfigurationError('expected at least one environment to take services from, found none')
  const { freeze: _, from: __, ...promotion } = like.environment.promotion
  const environment = {
    ...like.environment,
    promotion,
    regions: [...regions],
    topology: {
      ...like.environment.topology,
      profile: profile as EnvironmentState['environment']['topology']['profile'],
      physicalClusters,
    },
    edge: profiles[profile]?.reference.edge ? wholeEdge(like, regions) : like.environment.edge,
    budget: undefined,
  }
  return { ...state, environments: { [profile]: { ...like, name: profile, environment } } }
}

/** A distribution asks for names and certificates; the references have those of nobody. */
function wholeEdge({ environment }: EnvironmentState, regions: readonly string[]) {
  const certified = [...new Set([...regions, distributionRegion])]
  return {
    ...environment.edge,
    domain: 'example.com',
    hostedZoneId: 'Z0000000000EXAMPLE00',
    certificateArn: undefined,
    certificateArns: certified.map((region) => `arn:aws:acm:${region}:${environment.account}:certificate/example`),
  }
}

/** Prices the reference of a profile. Throws a `ConfigurationError` for a profile that there is not, and for what has no price. */
export function priceProfile(state: DesiredState, profile: string, assumptions: CostAssumptions): EnvironmentCost {
  return priceEnvironment(referenceState(state, profile, assumptions), profile, assumptions)
}

/** Prices one environment of the desired state. Throws a `ConfigurationError` for what has no price. */
export function priceEnvironment(state: DesiredState, name: string, assumptions: CostAssumptions): EnvironmentCost {
  const found = state.environments[name]
  if (!found) {
    throw new ConfigurationError(
      `expected an environment out of ${Object.keys(state.environments).join(', ')}, found "${name}"`,
    )
  }
  const { profile } = found.environment.topology
  const assumed = assumptions.profiles[profile]
  if (!assumed) throw new ConfigurationError(`expected the profile ${profile} in the usage file, found none`)
  const own = { ...state, environments: { [name]: found } }
  const priced = priceTemplates(own, name, buildTemplates(own), assumptions)
  const grown = withAnotherService(own, found)
  const more = priceTemplates(grown, name, buildTemplates(grown), assumptions)
  const budget = found.environment.budget?.monthlyUsd
  const like = name === profile ? own : referenceState(state, profile, assumptions)
  const reference = name === profile ? priced : priceTemplates(like, profile, buildTemplates(like), assumptions)
  const rollouts = rolloutsOf(priced, assumed.usage.rolloutHours)
  return {
    ...priced,
    environment: name,
    profile,
    regions: found.environment.regions,
    capUsd: budget ?? assumed.capUsd,
    capSource: budget == null ? `the profile's cap` : `budget.monthlyUsd of environments/${name}/environment.yaml`,
    documented: compareWithDocumented(reference, assumed.documented, assumptions.leftOut),
    beyondProfile: costChanges(reference, priced),
    rollouts,
    anotherService: { usd: more.monthlyUsd - priced.monthlyUsd, changes: costChanges(priced, more) },
    adopted: adoptedThings(found),
    proposedBudgetUsd: Math.ceil(((priced.monthlyUsd + rollouts.usd) * 1.1) / 5) * 5,
  }
}

function adoptedThings({ environment }: EnvironmentState): string[] {
  return Object.entries(environment.adopt ?? {}).flatMap(([region, { network, cluster, loadBalancer, services }]) =>
    [
      ...(network ? [network.vpcId] : []),
      ...(cluster == null ? [] : [`cluster ${cluster}`]),
      ...(loadBalancer ? [`load balancer ${loadBalancer.dnsName}`] : []),
      ...Object.keys(services).map((service) => `tasks of ${service}`),
    ].map((what) => `${what} (${region})`),
  )
}

function rolloutsOf({ items }: Estimate, hours: number): EnvironmentCost['rollouts'] {
  const doubled = items
    .filter(({ isDoubledByRollout }) => isDoubledByRollout)
    .map(({ item, region, monthlyUsd }) => ({ item, region, usd: (monthlyUsd / monthHours) * hours }))
  return { hours, usd: doubled.reduce((total, { usd }) => total + usd, 0), items: doubled }
}

/** Prices an environment's templates (by file, as `buildTemplates` gives them); those of other environments are left out. */
export function priceTemplates(
  state: DesiredState,
  name: string,
  templates: ReadonlyMap<string, object>,
  { prices, profiles }: CostAssumptions,
): Estimate {
  const found = state.environments[name]
  const usage = found && profiles[found.environment.topology.profile]?.usage
  if (!found || !usage) throw new ConfigurationError(`expected the environment ${name} and its profile, found none`)
  const regions = new Map(planStacks(state).map(({ file, region }) => [file, region]))
  const own = new Map([...templates].filter(([file]) => file.startsWith(`${name}/`)))
  // A template that is not planned any more stands in the primary region, unless its name says otherwise.
  const resources = resourcesOf(own, (file) => regions.get(file) ?? found.environment.regions[0] ?? '')
  return estimate(resources, prices, { usage, zones: profileOf(found.environment).zones })
}

function withAnotherService(state: DesiredState, environment: EnvironmentState): DesiredState {
  const [first] = Object.entries(environment.services)
  const [ofProject] = Object.entries(state.project.services)
  if (!first || !ofProject) return state
  const another = 'another'
  return {
    ...state,
    project: { ...state.project, services: { ...state.project.services, [another]: ofProject[1] } },
    environments: {
      [environment.name]: { ...environment, services: { ...environment.services, [another]: first[1] } },
    },
  }
}
