import { RDSClient } from '@aws-sdk/client-rds'
import type { Clock } from '@sluice/core/clock'
import type { ClientProbes } from '@sluice/core/recovery/region-switch'
import type { RecoveryPorts } from '@sluice/core/recovery/recovery-request'
import { awsClients, clientConfiguration } from './clients.ts'
import { globalDatabases } from './global-databases.ts'
import { arcRegionSwitch } from './region-switch.ts'

/** How often a region is asked again: one that is lost must not keep a recovery waiting for long. */
const maxAttempts = 3

/** What a recovery of an environment works with, by the role of its job. */
export function recoveryPorts(
  environment: string,
  role: string | undefined,
  clients: ClientProbes,
  clock: Clock,
  report: (line: string) => void,
): RecoveryPorts {
  const once = <Client>(make: (region: string) => Client) => {
    const made = new Map<string, Client>()
    return (region: string): Client => {
      const client = made.get(region) ?? make(region)
      made.set(region, client)
      return client
    }
  }
  return {
    clients,
    clock,
    report,
    regionSwitch: once((region) => arcRegionSwitch({ region, role })),
    databases: once((region) => {
      const configuration = clientConfiguration({ region, role }, process.env)
      const rds = new RDSClient({
        ...configuration,
        maxAttempts,
        requestHandler: { connectionTimeout: 3000, requestTimeout: 5000 },
      })
      return globalDatabases(environment, rds, awsClients({ region, role }).cloudwatch)
    }),
  }
}
