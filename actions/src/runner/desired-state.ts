import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EnvironmentState, DesiredState } from '@sluice/core/environment/read'
import { parseDesiredState } from '@sluice/core/environment/read'
import type { Project } from '@sluice/core/environment/project'
import type { Service } from '@sluice/core/environment/service'
import { ConfigurationError } from '@sluice/core/failure'

/** The checkout that this step works in. */
export function workspace(env: NodeJS.ProcessEnv = process.env): string {
  return env['GITHUB_WORKSPACE'] || process.cwd()
}

/** Reads and checks the whole of `environments/` in the checkout. Throws a `ConfigurationError` with every violation. */
export async function readDesiredState(root: string = workspace()): Promise<DesiredState> {
  return parseDesiredState(await readEnvironmentFiles(join(root, 'environments')))
}

/** The YAML files below a folder such as `environments/`, by path relative to it. */
export async function readEnvironmentFiles(folder: string): Promise<Map<string, string>> {
  let entries
  try {
    entries = await readdir(folder, { recursive: true, withFileTypes: true })
  } catch (error) {
    const hint = 'check out the repository before this step, or set GITHUB_WORKSPACE'
    throw new ConfigurationError([{ message: `expected the folder ${folder}, found none`, hint }], { cause: error })
  }
  const files = new Map<string, string>()
  for (const entry of entries) {
    if (!entry.isFile() || !entry.name.endsWith('.yaml')) continue
    const path = join(entry.parentPath, entry.name)
    files.set(path.slice(folder.length + 1).replaceAll('\\', '/'), await readFile(path, 'utf8'))
  }
  return files
}

/** One environment. Throws a `ConfigurationError` that lists what there is. */
export function findEnvironment(state: DesiredState, environment: string): EnvironmentState {
  const found = state.environments[environment]
  if (found) return found
  const names = Object.keys(state.environments).join(', ')
  throw new ConfigurationError(`input "environment": expected one of ${names}, found "${environment}"`)
}

/** One service of one environment. Throws a `ConfigurationError` that lists what there is. */
export function findService(
  state: DesiredState,
  environment: string,
  service: string,
): { readonly environment: EnvironmentState; readonly service: Service } {
  const found = findEnvironment(state, environment)
  const ofService = found.services[service]
  if (!ofService) {
    const names = Object.keys(found.services).join(', ')
    throw new ConfigurationError(`input "service": expected one of ${names} in ${environment}, found "${service}"`)
  }
  return { environment: found, service: ofService }
}

/**
 * How often a rollout's service is measured, in seconds, which also paces the polls. A minute where the checkout does not tell:
 * watching needs a handle and nothing else.
 */
export async function readAnalysisInterval(
  { environment, service }: { readonly environment: string; readonly service: string },
  root: string = workspace(),
): Promise<number> {
  try {
    return findService(await readDesiredState(root), environment, service).service.analysis.interval
  } catch (error) {
    if (error instanceof ConfigurationError) return 60
    throw error
  }
}

/** One service of `project.yaml`. Throws a `ConfigurationError` that lists what there is. */
export function findProjectService(project: Project, service: string): Project['services'][string] {
  const found = project.services[service]
  if (found) return found
  const names = Object.keys(project.services).join(', ')
  throw new ConfigurationError(`input "service": expected one of ${names}, found "${service}"`)
}
