import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { S3Client } from '@aws-sdk/client-s3'
import type { Clock } from '@sluice/core/clock'
import type { Project } from '@sluice/core/environment/project'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { deployStacks, type DeployPorts, type StackResult } from '@sluice/core/stacks/deploy-stacks'
import { firstParameters } from '@sluice/core/stacks/first-parameters'
import { checkInfraPreflight, checkNoDrift } from '@sluice/core/stacks/preflight'
import { deployableShared, shared } from '@sluice/core/stacks/shared'
import type { GoldenStack } from '@sluice/core/stacks/stack'
import type { RolloutHandle } from '@sluice/core/rollout/handle'
import { bootstrapClients, bootstrapRole } from './bootstrap.ts'
import { readServiceDrift, readStackDrift } from './check-drift.ts'
import { awsClients } from './clients.ts'
import { readGolden } from './golden.ts'
import { readServiceFacts, rolloutsSince } from './infra-services.ts'
import { cloudFormationStacks } from './stacks.ts'
import { bootstrapTemplateBucket } from './template-bucket.ts'

/** What a deployment of stacks is asked with. */
export interface InfraRequest {
  readonly project: Project
  /** The checkout: its golden templates are what is deployed. */
  readonly root: string
  readonly role: string | undefined
  readonly changeSet: string
  readonly prepareOnly: boolean
}

/** What became of a deployment of stacks. */
export interface InfraDeployment {
  readonly results: readonly StackResult[]
  /** Rollouts that the stacks caused. */
  readonly handles: readonly RolloutHandle[]
}

/**
 * Brings an environment's stacks to the golden templates of the checkout: nothing is synthesized beside a role that can deploy.
 * Throws a `ConfigurationError` with everything that stands against it.
 */
export async function deployInfra(
  { project, root, role, changeSet, prepareOnly }: InfraRequest,
  environment: EnvironmentState,
  clock: Clock,
  report: (line: string) => void,
): Promise<InfraDeployment> {
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
  const parametersOf = ({ region }: GoldenStack) => firstParameters(project, environment, region)
  const rollouts = async () => (await Promise.all(clients.map((one) => rolloutsSince(one, environment, began)))).flat()
  const isRollingOut = async () => (await rollouts()).length > 0
  const ports = { ...bootstrapPorts(account, role), clock, report, findObstacles, isRollingOut }
  const results = await deployStacks(ports, { stacks, templates, changeSet, parametersOf, prepareOnly })
  return { results, handles: prepareOnly ? [] : await rollouts() }
}

/**
 * The same for what all environments share, in the artifact account: no service runs there, so that drift alone can stand against it.
 */
export async function deployShared(
  { project, root, role, changeSet, prepareOnly }: InfraRequest,
  clock: Clock,
  report: (line: string) => void,
): Promise<InfraDeployment> {
  const golden = await readGolden(root, shared)
  const stacks = deployableShared(golden.stacks)
  const ports: DeployPorts = {
    ...bootstrapPorts(project.artifacts.account, role),
    clock,
    report,
    findObstacles: async (atRest, when) => {
      if (when === 'again') return []
      report(`comparing ${atRest.length} stacks with git`)
      return checkNoDrift(await readStackDrift(atRest, role, clock), [])
    },
    isRollingOut: async () => false,
  }
  const { templates } = golden
  const results = await deployStacks(ports, { stacks, templates, changeSet, parametersOf: () => ({}), prepareOnly })
  return { results, handles: [] }
}

/** CloudFormation and its templates' bucket, by the roles of CDK's bootstrap. */
function bootstrapPorts(account: string, role: string | undefined): Pick<DeployPorts, 'stacks' | 'templateBucket'> {
  const here = { account, role }
  return {
    stacks: cloudFormationStacks(
      bootstrapClients(here, 'deploy', (configuration) => new CloudFormationClient(configuration)),
      ({ region }) => (role == null ? undefined : bootstrapRole('cfn-exec', account, region)),
    ),
    templateBucket: bootstrapTemplateBucket(
      bootstrapClients(here, 'file-publishing', (configuration) => new S3Client(configuration)),
    ),
  }
}
