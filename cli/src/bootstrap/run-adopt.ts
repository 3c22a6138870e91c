import { adoptionOf, adoptionProblems, adoptSchema } from '@sluice/core/environment/adopt'
import { clusterName, ecsServiceName } from '@sluice/core/environment/ecs-names'
import type { DesiredState, EnvironmentState } from '@sluice/core/environment/read'
import { ConfigurationError, describeProblem } from '@sluice/core/failure'
import { shapeAdoption, type ShapedAdoption } from './adopt.ts'
import type { RunProgram } from './check.ts'
import type { AdoptionAnswer } from './print-adoption.ts'
import { readAccount, type Wanted } from './read-account.ts'

/** What somebody gave on the command line. */
export interface AdoptOptions {
  readonly environment: string | undefined
  readonly region: string | undefined
  readonly cluster: string | undefined
  /** `registry=old-web`; the name alone where both are the same. */
  readonly services: readonly string[]
  readonly loadBalancer: string | undefined
  readonly vpc: string | undefined
}

/**
 * Reads what is to be adopted and shapes the section. Without any id on the command line, what `environment.yaml` adopts already is read
 * again. Throws a `ConfigurationError` for an environment, region or service that there is not.
 */
export async function runAdopt(run: RunProgram, state: DesiredState, options: AdoptOptions): Promise<AdoptionAnswer> {
  const name = options.environment ?? ''
  const environment = state.environments[name]
  if (!environment) {
    const known = Object.keys(state.environments).join(', ')
    throw new ConfigurationError(`--environment: expected one of ${known}, found "${name}"`)
  }
  const { regions, account } = environment.environment
  const region = options.region ?? regions[0] ?? ''
  if (!regions.includes(region)) {
    throw new ConfigurationError(`--region: expected one of ${regions.join(', ')}, found "${region}"`)
  }
  await expectAccount(run, account)
  const facts = await readAccount(run, wantedOf(environment, region, options))
  const shaped = shapeAdoption(facts, environment)
  return { environment: name, region, ...shaped, problems: problemsOf(environment, region, shaped) }
}

function wantedOf(environment: EnvironmentState, region: string, options: AdoptOptions): Wanted {
  const { cluster, services, loadBalancer, vpc } = options
  if (cluster != null || services.length > 0 || loadBalancer != null || vpc != null) {
    return { region, cluster, services: servicesOf(environment, services), loadBalancer, vpc }
  }
  const known = adoptionOf(environment, region)
  if (!known) {
    throw new ConfigurationError(
      `--adopt: expected ids of what exists (--cluster, --service, --load-balancer, --vpc), found none, and ${environment.name} adopts nothing in ${region} yet`,
    )
  }
  return {
    region,
    cluster: known.cluster == null ? undefined : clusterName(environment),
    services: Object.fromEntries(
      Object.keys(known.services).map((service) => [service, ecsServiceName(environment, service)]),
    ),
    loadBalancer: known.loadBalancer?.arn,
    vpc: known.network?.vpcId,
  }
}

function servicesOf(environment: EnvironmentState, given: readonly string[]): Record<string, string> {
  const pairs = given.map((one) => {
    const [service = '', ecsName = service] = one.split('=')
    return [service, ecsName] as const
  })
  const known = Object.keys(environment.services)
  const unknown = pairs.map(([service]) => service).filter((service) => !known.includes(service))
  if (unknown.length > 0) {
    throw new ConfigurationError(
      `--service: expected NAME=ECS-SERVICE with a name out of ${known.join(', ')}, found ${unknown.join(', ')}`,
    )
  }
  return Object.fromEntries(pairs)
}

/** Ids of another account in an environment's file would be believed until the first deployment. */
async function expectAccount(run: RunProgram, account: string): Promise<void> {
  const answer = await run('aws', ['sts', 'get-caller-identity', '--query', 'Account', '--output', 'text'])
  if (!answer) throw new ConfigurationError('expected the program aws in PATH, found none')
  if (answer.exitCode !== 0) {
    throw new ConfigurationError(
      `expected AWS credentials of the account ${account}, found none that work: ${answer.stderr.trim()}`,
    )
  }
  const found = answer.stdout.trim()
  if (found !== account) throw new ConfigurationError(`expected credentials of the account ${account}, found ${found}`)
}

function problemsOf(environment: EnvironmentState, region: string, { section }: ShapedAdoption): string[] {
  const parsed = adoptSchema.safeParse({ [region]: section })
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  const adopt = { ...environment.environment.adopt, ...parsed.data }
  return adoptionProblems({ ...environment, environment: { ...environment.environment, adopt } }).map(describeProblem)
}
