import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import type { Clock } from '@sluice/core/clock'
import type { Project } from '@sluice/core/environment/project'
import { pullHost } from '@sluice/core/environment/pull-host'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { deployStacks, type DeployPorts, type StackResult } from '@sluice/core/stacks/deploy-stacks'
import { checkInfraPreflight, checkNoDrift } from '@sluice/core/stacks/preflight'
import { formatImageReference } from '@sluice/core/image-reference'
import { roleArn } from '@sluice/core/names'
import type { GoldenStack } from '@sluice/core/stacks/stack'
import type { RolloutHandle } from '@sluice/core/rollout/handle'
import { readServiceDrift, readStackDrift } from './check-drift.ts'
import { awsClients, clientConfiguration } from './clients.ts'
import { readGolden } from './golden.ts'
import { readServiceFacts, rolloutsSince } from './infra-services.ts'
import { chainedCredentials } from './role-chain.ts'
import { cloudFormationStacks } from './stacks.ts'

/** What a deployment of an environment's stacks is asked with. */
export interface InfraRequest {
  readonly project: Project
  readonly environment: EnvironmentState
  /** The checkout: its golden templates are what is deployed. */
  readonly root: string
  readonly role: string | undefined
  readonly changeSet: string
  readonly prepareOnly: boolean
}

/**
 * Brings an environment's stacks to the golden templates of the checkout: nothing is synthesized beside a role that can deploy.
 * Throws a `ConfigurationError` with everything that stands against it.
 */
export async function deployInfra(
  { project, environment, root, role, changeSet, prepareOnly }: InfraRequest,
  clock: Clock,
  report: (line: string) => void,
): Promise<{ readonly results: readonly StackResult[]; readonly handles: readonly RolloutHandle[] }> {
  const began = clock.now()
  const { stacks, templates } = await readGolden(root, environment.name)
  const { account, regions } = environment.environment
  const clients = regions.map((region) => awsClients({ region, role }))
  const findObstacles: DeployPorts['findObstacles'] = async (atRest, when) => {
    const facts = (await Promise.all(clients.map((one) => readServiceFacts(one, environment, clock.now())))).flat()
    const standing = checkInfraPreflight(facts, (name) => environment.services[name]?.release.image.digest ?? '')
    if (when === 'again') return standing
    report(`comparing ${atRest.length} stacks and the running tasks with git`)
    const stackDrift = await readStackDrift(atRest, role, clock)
    return [...standing, ...checkNoDrift(stackDrift, await readServiceDrift(environment, role, clock))]
  }
  const [first] = Object.values(environment.services)
  const parametersOf = ({ region }: GoldenStack): Record<string, string> => {
    if (!first) return {}
    const host = pullHost(project, environment.environment, region)
    return { FirstImage: `${host}/${formatImageReference(first.release.image)}` }
  }
  const adapter = cloudFormationStacks(cloudFormation(account, role), ({ region }) =>
    role == null ? undefined : bootstrapRole('cfn-exec', account, region),
  )
  const rollouts = async () => (await Promise.all(clients.map((one) => rolloutsSince(one, environment, began)))).flat()
  const isRollingOut = async () => (await rollouts()).length > 0
  const ports = { stacks: adapter, clock, report, findObstacles, isRollingOut }
  const results = await deployStacks(ports, { stacks, templates, changeSet, parametersOf, prepareOnly })
  return { results, handles: prepareOnly ? [] : await rollouts() }
}

/** CloudFormation's clients by region, with the deploy role of CDK's bootstrap that the given role may assume. */
function cloudFormation(account: string, role: string | undefined): (region: string) => CloudFormationClient {
  const made = new Map<string, CloudFormationClient>()
  return (region) => {
    const known = made.get(region)
    if (known) return known
    const configuration = clientConfiguration({ region, role }, process.env)
    const client = new CloudFormationClient(
      role == null
        ? configuration
        : {
            ...configuration,
            credentials: chainedCredentials(
              awsClients({ region, role }).sts,
              bootstrapRole('deploy', account, region),
              `sluice-${process.env['GITHUB_RUN_ID'] ?? 'local'}`,
            ),
          },
    )
    made.set(region, client)
    return client
  }
}

const bootstrapRole = (kind: string, account: string, region: string) =>
  roleArn(account, `cdk-hnb659fds-${kind}-role-${account}-${region}`)
