import { dataRates } from './rates/data.ts'
import { networkRates } from './rates/network.ts'
import { operationRates } from './rates/operations.ts'
import { serviceRates } from './rates/services.ts'
import type { Rate } from './rates/terms.ts'

/** How every billable type that this repository's stacks have is billed. */
export const rates: Readonly<Record<string, Rate>> = {
  ...serviceRates,
  ...networkRates,
  ...dataRates,
  ...operationRates,
}
