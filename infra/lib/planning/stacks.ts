import type { DesiredState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'
import { environmentParts, sharedParts } from './parts.ts'
import { regionsBefore, regionsOf, type PlannedStack } from './stack-plan.ts'

/** What one machine deploys of all environments' share, and of every environment, each after what it needs. */
export const sharedStacks = ['identity', 'registry'] as const
export const environmentStacks = ['identity', 'network', 'service'] as const

/** The folder of `cdk.out` that holds what all environments share. */
export const shared = 'shared'

export const stackName = (environment: string, part: string): string => names.stack(environment, part)

/** A stack's template below the folder that `synthesize` wrote to. Regions other than the primary stand in the file's name. */
export function templateFile(environment: string, part: string, region?: string): string {
  const place = region == null ? '' : `.${region}`
  return `${environment}/${stackName(environment, part)}${place}.template.json`
}

/** Every stack of all environments and of what they share, with what it needs: `waves` brings them in order. */
export function planStacks({ project, environments }: DesiredState): PlannedStack[] {
  const { account, region } = project.artifacts
  const stackId = (environment: string, part: string, where: string) => `${environment}/${part}/${where}`
  const plannedShared = sharedParts.map(({ part }) => ({
    id: stackId(shared, part, region),
    environment: shared,
    part,
    account,
    region,
    name: stackName(shared, part),
    file: templateFile(shared, part),
    needs: [],
  }))
  const planned = Object.values(environments).flatMap(({ name, environment }) => {
    const { regions } = environment
    return environmentParts.flatMap((placement) => {
      const { part, after = [], regionOrder } = placement
      const own = regionsOf(placement, regions)
      return own.map((where) => {
        const before = environmentParts
          .filter((other) => after.includes(other.part))
          .flatMap((other) => {
            const both = placement.placed === 'regional' && other.placed === 'regional'
            return (both ? [where] : regionsOf(other, regions)).map((there) => stackId(name, other.part, there))
          })
        return {
          id: stackId(name, part, where),
          environment: name,
          part,
          account: environment.account,
          region: where,
          name: stackName(name, part),
          file: templateFile(name, part, where === regions[0] ? undefined : where),
          needs: [
            ...plannedShared.map(({ id }) => id),
            ...before,
            ...regionsBefore(regionOrder, own, where).map((there) => stackId(name, part, there)),
          ],
        }
      })
    })
  })
  return [...plannedShared, ...planned]
}
