import { names } from '@sluice/core/names'

/** What all environments share comes first; then every environment's stacks, each after what it needs. */
export const sharedStacks = ['identity', 'registry'] as const
export const environmentStacks = ['identity', 'network', 'service'] as const

/** The folder of `cdk.out` that holds what all environments share. */
export const shared = 'shared'

export const stackName = (environment: string, part: string): string => names.stack(environment, part)

/** A stack's template below the folder that `synthesize` wrote to. */
export function templateFile(environment: string, part: string): string {
  return `${environment}/${stackName(environment, part)}.template.json`
}
