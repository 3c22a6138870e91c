import type { DesiredState, EnvironmentState } from '@sluice/core/environment/read'
import { ConfigurationError } from '@sluice/core/failure'
import { planStacks } from '../planning/stacks.ts'
import { buildTemplates } from '../planning/synthesize.ts'
import { profileOf } from '../topology/profiles.ts'
import { byCategory, estimate, type Estimate } from './estimate.ts'
import type { Category, PriceFile, ProfileUsage } from './prices.ts'
import { resourcesOf } from './resources.ts'

/** The files that an estimate is made with. */
export interface CostAssumptions {
  readonly prices: PriceFile
  readonly profiles: Readonly<Record<string, ProfileUsage>>
}

/** What an environment costs a month, beside what it may cost and what it was said to cost. */
export interface EnvironmentCost extends Estimate {
  readonly environment: string
  readonly profile: string
  readonly regions: readonly string[]
  readonly capUsd: number
  readonly capSource: string
  readonly documented: DocumentedComparison
  /** What a month's rollouts add: both sides run for `rolloutHours` of it. */
  readonly rolloutsUsd: number
  readonly rolloutHours: number
  /** What another service of the same size adds. */
  readonly anotherServiceUsd: number
}

/** The figure from before there were templates, held against the computed one category by category. */
export interface DocumentedComparison {
  readonly totalUsd: number
  readonly note: string
  readonly differences: ReadonlyArray<{
    readonly category: Category
    readonly documentedUsd: number
    /** What the documented figure was made of. */
    readonly documentedOf: string
    readonly computedUsd: number
    /** What the computed one is made of: `number × what (region): dollars`. */
    readonly items: readonly string[]
  }>
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
    budget: undefined,
  }
  return { ...state, environments: { [profile]: { ...like, name: profile, environment } } }
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
  return {
    ...priced,
    environment: name,
    profile,
    regions: found.environment.regions,
    capUsd: budget ?? assumed.capUsd,
    capSource: budget == null ? `the profile's cap` : `budget.monthlyUsd of environments/${name}/environment.yaml`,
    documented: compareWithDocumented(priced, assumed.documented),
    rolloutHours: assumed.usage.rolloutHours,
    rolloutsUsd: priced.rolloutHourUsd * assumed.usage.rolloutHours,
    anotherServiceUsd: more.monthlyUsd - priced.monthlyUsd,
  }
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

function compareWithDocumented(priced: Estimate, documented: ProfileUsage['documented']): DocumentedComparison {
  const computed = byCategory(priced)
  const names = new Set([...(Object.keys(documented.categories) as Category[]), ...computed.keys()])
  return {
    totalUsd: documented.totalUsd,
    note: documented.note,
    differences: [...names].map((category) => ({
      category,
      documentedUsd: documented.categories[category]?.usd ?? 0,
      documentedOf: documented.categories[category]?.of ?? 'nothing: it was not thought of',
      computedUsd: computed.get(category) ?? 0,
      items: priced.items
        .filter((item) => item.category === category)
        .map(
          ({ item, resources, region, monthlyUsd }) => `${resources} × ${item} (${region}): ${monthlyUsd.toFixed(2)}`,
        ),
    })),
  }
}
