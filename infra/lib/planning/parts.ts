import type { App, Stack, StackProps } from 'aws-cdk-lib'
import type { DesiredState, EnvironmentState } from '@sluice/core/environment/read'
import { IdentityStack, SharedIdentityStack } from '../stacks/identity-stack.ts'
import { NetworkStack } from '../stacks/network-stack.ts'
import { RegistryStack } from '../stacks/registry-stack.ts'
import { ServiceStack } from '../stacks/service-stack.ts'
import type { Placement } from './stack-plan.ts'

/** What every stack's constructor begins with. */
export type StackArguments = [scope: App, id: string, props: StackProps]

/** A part of what all environments share. */
export interface SharedPart extends Placement {
  build(args: StackArguments, state: DesiredState): Stack
}

/** A part of every environment. The region is the stack's own: `this.region`; `isPrimary` compares it. */
export interface EnvironmentPart extends Placement {
  build(args: StackArguments, environment: EnvironmentState, state: DesiredState): Stack
}

/** What all environments share, once, in the artifact account. */
export const sharedParts: readonly SharedPart[] = [
  { part: 'identity', placed: 'primary', build: (args, state) => new SharedIdentityStack(...args, state) },
  { part: 'registry', placed: 'primary', build: (args, state) => new RegistryStack(...args, state) },
]

/** What every environment has. A new part is one entry here; all of its environments' shared parts come before it. */
export const environmentParts: readonly EnvironmentPart[] = [
  {
    part: 'identity',
    placed: 'primary',
    build: (args, environment, state) => {
      // An account has one provider for an issuer; environments that share the artifact account share its provider.
      const ownsProvider = environment.environment.account !== state.project.artifacts.account
      return new IdentityStack(...args, state, environment, ownsProvider)
    },
  },
  { part: 'network', placed: 'regional', build: (args, environment) => new NetworkStack(...args, environment) },
  {
    part: 'service',
    placed: 'regional',
    regionOrder: 'last-to-first',
    after: ['identity', 'network'],
    build: (args, environment) => new ServiceStack(...args, environment),
  },
]
