import { names } from '@sluice/core/names'

/** What one machine deploys of what all environments share, after its account's own stack, and of every environment, each after what it needs. */
export const sharedStacks = ['identity', 'registry'] as const
export const environmentStacks = ['identity', 'keys', 'network', 'data', 'storage', 'service'] as const

export const stackName = (environment: string, part: string): string => names.stack(environment, part)

/**
 * A stack's template below the folder that `synthesize` wrote to. Regions other than the primary stand in the file's name, and the
 * account does where every account has the stack.
 */
export function templateFile(environment: string, part: string, where?: string): string {
  const place = where == null ? '' : `.${where}`
  return `${environment}/${stackName(environment, part)}${place}.template.json`
}
