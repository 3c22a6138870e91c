import type { Service } from '../environment/service.ts'
import { ConfigurationError, type Problem } from '../failure.ts'
import { names } from '../names.ts'
import type { TaskSkeleton } from '../task-skeleton.ts'

/** What a container is told: values as they are, and secrets by the names that `<env>/<service>.yaml` gives them. */
export interface TaskVariables {
  readonly environment: Readonly<Record<string, string>>
  readonly secrets: Readonly<Record<string, string>>
}

/**
 * Everything that tasks of a service are told: by its team (`task.env`, `task.secrets`), by infra (the skeleton) and by the release
 * itself. Throws a `ConfigurationError` with every name that two of them claim: ECS refuses a name that is a variable and a
 * secret, and a silent winner would send a task to a table or bucket that nobody meant.
 */
export function taskVariables(
  environment: string,
  serviceName: string,
  { task, release }: Pick<Service, 'task' | 'release'>,
  skeleton: TaskSkeleton,
): TaskVariables {
  const { environment: ofInfra = {}, secrets: secretsOfInfra = {}, sideCarEnvironment = {} } = skeleton
  const ofRelease = {
    ...(skeleton.containerPort == null ? {} : { PORT: String(skeleton.containerPort) }),
    SLUICE_ENVIRONMENT: environment,
    SLUICE_RELEASE_COMMIT: release.commit,
    SLUICE_RELEASE_VERSION: release.version,
  }
  const parameter = names.taskSkeletonParameter(environment, serviceName)
  const claims: ReadonlyArray<readonly [claim: string, names: readonly string[]]> = [
    ['the release', Object.keys(ofRelease)],
    [`environment of infra's ${parameter}`, Object.keys(ofInfra)],
    [`sideCarEnvironment of infra's ${parameter}`, Object.keys(sideCarEnvironment)],
    [`secrets of infra's ${parameter}`, Object.keys(secretsOfInfra)],
    ['task.env', Object.keys(task.env)],
    ['task.secrets', Object.keys(task.secrets)],
  ]
  const problems = claimedTwice(claims).map(([name, first, second]): Problem => ({
    message: `expected ${name} to be set once, found it in ${first} and in ${second}`,
    location: { file: `environments/${environment}/${serviceName}.yaml` },
    hint: 'remove it from the file: what infra and the release set cannot be overridden',
  }))
  if (problems.length > 0) throw new ConfigurationError(problems)
  return {
    environment: { ...task.env, ...ofInfra, ...ofRelease },
    secrets: { ...task.secrets, ...secretsOfInfra },
  }
}

/** Every name that is claimed again, with who had it first. */
function claimedTwice(
  claims: ReadonlyArray<readonly [claim: string, names: readonly string[]]>,
): ReadonlyArray<readonly [name: string, first: string, second: string]> {
  const holders = new Map<string, string>()
  return claims.flatMap(([claim, own]) =>
    own.flatMap((name) => {
      const holder = holders.get(name)
      if (holder != null) return [[name, holder, claim] as const]
      holders.set(name, claim)
      return []
    }),
  )
}
