import { roleArn } from '@sluice/core/names'
import { awsClients, clientConfiguration, type ClientConfiguration } from './clients.ts'
import { chainedCredentials } from './role-chain.ts'

/** An account as one of our roles works on it; without a role the ambient credentials do everything. */
export interface Bootstrapped {
  readonly account: string
  readonly role: string | undefined
}

/** A role of CDK's bootstrap, by the qualifier that `cdk bootstrap` takes when it is given none. */
export const bootstrapRole = (kind: 'cfn-exec' | 'deploy' | 'file-publishing', account: string, region: string) =>
  roleArn(account, `cdk-hnb659fds-${kind}-role-${account}-${region}`)

/** The bucket of CDK's bootstrap. */
export const bootstrapBucket = (account: string, region: string) => `cdk-hnb659fds-assets-${account}-${region}`

/** Clients by region, each made once, with the bootstrap's role of a kind that the given role may assume. */
export function bootstrapClients<Client>(
  { account, role }: Bootstrapped,
  kind: 'deploy' | 'file-publishing',
  make: (configuration: ClientConfiguration) => Client,
): (region: string) => Client {
  const made = new Map<string, Client>()
  return (region) => {
    const known = made.get(region)
    if (known) return known
    const configuration = clientConfiguration({ region, role }, process.env)
    const session = `sluice-${process.env['GITHUB_RUN_ID'] ?? 'local'}`
    const client = make(
      role == null
        ? configuration
        : {
            ...configuration,
            credentials: chainedCredentials(
              awsClients({ region, role }).sts,
              bootstrapRole(kind, account, region),
              session,
            ),
          },
    )
    made.set(region, client)
    return client
  }
}
