import type { EnvironmentState } from '@sluice/core/environment/read'
import { regionsOf } from '../topology/regions.ts'

/** The name of the function that rotates an environment's passwords, and of its role. */
export const rotationName = (environment: string): string => `sluice-${environment}-rotate-passwords`

/** Whether the databases are members of Global Databases, whose passwords RDS does not manage (docs/adr/0009). */
export function isRotatedByFunction(state: EnvironmentState): boolean {
  return regionsOf(state).replicas.length > 0
}
