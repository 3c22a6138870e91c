import { names, roleArn } from '@sluice/core/names'

/**
 * The role that a step takes on: the one it was given, else the one of that name when the job may ask for an OIDC token. Neither
 * means the ambient credentials, as on a developer's machine.
 */
export function roleToAssume(
  given: string | undefined,
  account: string,
  roleName: string,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  if (given != null) return given
  return env['ACTIONS_ID_TOKEN_REQUEST_URL'] ? roleArn(account, roleName) : undefined
}

/** The roles of the jobs that come after a plan, as its outputs. */
export function rolesOfJobs(account: string, environment: string) {
  return {
    'deploy-role': roleArn(account, names.role.deploy(environment)),
    'rollout-role': roleArn(account, names.role.rollout(environment)),
    'roll-back-role': roleArn(account, names.role.rollBack(environment)),
  }
}
