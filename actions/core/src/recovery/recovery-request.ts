import type { Clock } from '../clock.ts'
import type { Environment } from '../environment/environment.ts'
import type { ExpectedRecovery } from './expected.ts'
import type { ClientProbes, GlobalDatabases, RecoveryMode, RegionSwitch } from './region-switch.ts'

/** What a recovery works with. The region that takes over is only known once the writers were asked. */
export interface RecoveryPorts {
  /** In which region to ask first: any that answers. */
  readonly databases: (region: string) => GlobalDatabases
  readonly regionSwitch: (region: string) => RegionSwitch
  readonly clients: ClientProbes
  readonly clock: Clock
  readonly report: (line: string) => void
}

export interface RecoveryRequest {
  readonly name: string
  readonly environment: Environment
  readonly mode: RecoveryMode
  /** The region that takes over; the writers say it without one. */
  readonly region: string | undefined
  readonly reason: string
  /** The same for every attempt of a run, so that a repeated one finds what the first has started. */
  readonly token: string
  readonly expected: ExpectedRecovery
  /** Show what would move and stop. */
  readonly planOnly: boolean
}
