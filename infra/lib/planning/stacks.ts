import type { DesiredState } from '@sluice/core/environment/read'
import { shared } from '@sluice/core/stacks/shared'
import { checkTopology } from '../topology/regions.ts'
import { environmentParts, sharedParts } from './parts.ts'
import { stackName, templateFile } from './stack-names.ts'
import { regionsBefore, regionsOf, type PlannedStack } from './stack-plan.ts'

/**
 * Every stack of all environments and of what they share, with what it needs: `waves` brings them in order. Throws a
 * `ConfigurationError` for an environment that its profile cannot be built with.
 */
export function planStacks(state: DesiredState): PlannedStack[] {
  checkTopology(state.environments)
  const stackId = (environment: string, part: string, where: string) => `${environment}/${part}/${where}`
  const placesOf = (wanted: string) => sharedParts.find(({ part }) => part === wanted)?.places(state) ?? []
  const plannedShared = sharedParts.flatMap(({ part, after = [], places }) =>
    places(state).map(({ account, region, where, afterOthers }) => ({
      id: stackId(shared, part, where ?? region),
      environment: shared,
      part,
      account,
      region,
      name: stackName(shared, part),
      file: templateFile(shared, part, where),
      needs: [
        ...after.flatMap((other) => placesOf(other).map((one) => stackId(shared, other, one.where ?? one.region))),
        ...(afterOthers ? places(state) : [])
          .filter((other) => other.where != null)
          .map((other) => stackId(shared, part, other.where ?? other.region)),
      ],
    })),
  )
  const planned = Object.values(state.environments).flatMap((found) => {
    const { name, environment } = found
    const { regions } = environment
    const parts = environmentParts.filter(({ when }) => when?.(found) ?? true)
    return parts.flatMap((placement) => {
      const { part, after = [], afterEveryRegionOf = [], regionOrder } = placement
      const own = regionsOf(placement, regions)
      return own.map((where) => {
        const before = parts
          .filter((other) => [...after, ...afterEveryRegionOf].includes(other.part))
          .flatMap((other) => {
            const both =
              placement.placed === 'regional' && other.placed === 'regional' && !afterEveryRegionOf.includes(other.part)
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
