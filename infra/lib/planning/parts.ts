import type { App, Stack, StackProps } from 'aws-cdk-lib'
import type { DesiredState, EnvironmentState } from '@sluice/core/environment/read'
import { AccountStack, accountsOf } from '../stacks/account-stack.ts'
import { hasDistribution, namesOf } from '../edge/entry.ts'
import { CacheStack } from '../stacks/cache-stack.ts'
import { DataStack } from '../stacks/data-stack.ts'
import { EdgeStack } from '../stacks/edge-stack.ts'
import { IdentityStack, SharedIdentityStack } from '../stacks/identity-stack.ts'
import { KeysStack } from '../stacks/keys-stack.ts'
import { NetworkStack } from '../stacks/network-stack.ts'
import { OriginStack } from '../stacks/origin-stack.ts'
import { ObservabilityStack } from '../stacks/observability-stack.ts'
import { RecoveryStack } from '../stacks/recovery-stack.ts'
import { RegistryStack } from '../stacks/registry-stack.ts'
import { ServiceStack } from '../stacks/service-stack.ts'
import { StorageStack } from '../stacks/storage-stack.ts'
import { profileOf } from '../topology/profiles.ts'
import { registryRegions, regionsOf } from '../topology/regions.ts'
import type { Placement } from './stack-plan.ts'

/** What every stack's constructor begins with. */
export type StackArguments = [scope: App, id: string, props: StackProps]

/** Where a shared part stands. */
export interface SharedPlace {
  readonly account: string
  readonly region: string
  /** What tells it from the part's other places, in the template's name; the main one has none. */
  readonly where?: string
  /** Deployed after the part's other places. */
  readonly afterOthers?: boolean
}

/** A part of what all environments share. */
export interface SharedPart {
  readonly part: string
  readonly after?: readonly string[]
  readonly places: (state: DesiredState) => readonly SharedPlace[]
  build(args: StackArguments, state: DesiredState): Stack
}

/** A part of every environment. The region is the stack's own: `this.region`; `isPrimary` compares it. */
export interface EnvironmentPart extends Placement {
  /** Whether an environment has the part at all; all have it without. */
  readonly when?: (environment: EnvironmentState) => boolean
  build(args: StackArguments, environment: EnvironmentState, state: DesiredState): Stack
}

/** The artifact account's own region, where builds push. */
const home = ({ project }: DesiredState): SharedPlace => ({
  account: project.artifacts.account,
  region: project.artifacts.region,
})

/** What comes before every environment: the first stack of each account, and what the artifact account holds for all. */
export const sharedParts: readonly SharedPart[] = [
  {
    part: 'account',
    places: (state) => accountsOf(state).map((account) => ({ ...home(state), account, where: account })),
    build: (args, state) => new AccountStack(...args, state),
  },
  {
    part: 'identity',
    after: ['account'],
    places: (state) => [home(state)],
    build: (args, state) => new SharedIdentityStack(...args, state),
  },
  {
    part: 'registry',
    after: ['account'],
    places: (state) => {
      const [region, ...copies] = registryRegions(state)
      const { account } = home(state)
      return [...copies.map((copy) => ({ account, region: copy, where: copy })), { account, region, afterOthers: true }]
    },
    build: (args, state) => new RegistryStack(...args, state),
  },
]

/** What every environment has. A new part is one entry here; all of its environments' shared parts come before it. */
export const environmentParts: readonly EnvironmentPart[] = [
  {
    part: 'identity',
    placed: 'primary',
    build: (args, environment, state) => new IdentityStack(...args, state, environment),
  },
  { part: 'keys', placed: 'regional', build: (args, environment) => new KeysStack(...args, environment) },
  { part: 'network', placed: 'regional', build: (args, environment) => new NetworkStack(...args, environment) },
  {
    part: 'data',
    placed: 'regional',
    regionOrder: 'primary-first',
    after: ['network'],
    afterEveryRegionOf: ['keys'],
    build: (args, environment) => new DataStack(...args, environment),
  },
  {
    part: 'cache',
    placed: 'regional',
    regionOrder: 'primary-first',
    after: ['network'],
    afterEveryRegionOf: ['keys'],
    when: ({ environment }) => profileOf(environment).cache.kind !== 'none',
    build: (args, environment) => new CacheStack(...args, environment),
  },
  {
    part: 'storage',
    placed: 'regional',
    regionOrder: 'primary-last',
    after: ['keys'],
    build: (args, environment) => new StorageStack(...args, environment),
  },
  {
    part: 'service',
    placed: 'regional',
    regionOrder: 'last-to-first',
    after: ['identity', 'network', 'data', 'cache', 'storage'],
    build: (args, environment, state) => new ServiceStack(...args, state, environment),
  },
  {
    part: 'origin',
    placed: 'regional',
    // The primary makes what the distribution says to the others.
    regionOrder: 'primary-first',
    after: ['service'],
    when: (environment) => namesOf(environment) != null,
    build: (args, environment) => new OriginStack(...args, environment),
  },
  {
    part: 'edge',
    placed: 'us-east-1',
    after: ['origin', 'recovery'],
    when: hasDistribution,
    build: (args, environment) => new EdgeStack(...args, environment),
  },
  {
    part: 'observability',
    placed: 'regional',
    after: ['service', 'data'],
    build: (args, environment) => new ObservabilityStack(...args, environment),
  },
  {
    part: 'recovery',
    placed: 'primary',
    after: ['service', 'data', 'origin', 'observability'],
    when: (environment) => regionsOf(environment).replicas.length > 0,
    build: (args, environment) => new RecoveryStack(...args, environment),
  },
]
