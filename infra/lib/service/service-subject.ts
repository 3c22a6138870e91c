import type { EnvironmentState } from '@sluice/core/environment/read'
import type { Service } from '@sluice/core/environment/service'

/** A service of an environment, as the constructs of its stack are told about it. */
export interface ServiceSubject {
  readonly environment: EnvironmentState
  readonly name: string
  readonly service: Service
}
