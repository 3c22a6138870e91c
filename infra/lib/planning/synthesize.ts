import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { App, type StackProps } from 'aws-cdk-lib'
import { parseDesiredState, type DesiredState } from '@sluice/core/environment/read'
import { ConfigurationError } from '@sluice/core/failure'
import { IdentityStack, SharedIdentityStack } from '../stacks/identity-stack.ts'
import { NetworkStack } from '../stacks/network-stack.ts'
import { RegistryStack } from '../stacks/registry-stack.ts'
import { ServiceStack } from '../stacks/service-stack.ts'
import { shared, stackName, templateFile } from './stacks.ts'

export interface SynthesizeOptions {
  /** A folder such as `environments/`. */
  readonly environmentsFolder: string
  readonly out: string
  /** All of them when left out. */
  readonly environments?: readonly string[]
}

/**
 * Writes `<out>/<environment>/<stack>.template.json` for every stack: offline, without look-ups, the same bytes every time.
 * Gives the files. Throws a `ConfigurationError` for an environment that does not exist, or for what is wrong with the files.
 */
export async function synthesize({ environmentsFolder, out, environments }: SynthesizeOptions): Promise<string[]> {
  const state = parseDesiredState(await readYaml(environmentsFolder), environmentsFolder)
  const known = Object.keys(state.environments)
  const unknown = (environments ?? []).filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    throw new ConfigurationError(`expected environments out of ${known.join(', ')}, found ${unknown.join(', ')}`)
  }
  const templates = buildTemplates(state)
  const written: string[] = []
  for (const name of [shared, ...known].filter(
    (one) => environments == null || one === shared || environments.includes(one),
  )) {
    await rm(join(out, name), { recursive: true, force: true })
    await mkdir(join(out, name), { recursive: true })
    for (const [file, template] of templates) {
      if (!file.startsWith(`${name}/`)) continue
      await writeFile(join(out, file), `${JSON.stringify(template, null, 1)}\n`)
      written.push(join(out, file))
    }
  }
  return written
}

/** Every template by its file, in memory. */
export function buildTemplates(state: DesiredState): Map<string, object> {
  const app = new App({ analyticsReporting: false, treeMetadata: false })
  const parts: [environment: string, part: string, id: string][] = []
  const add = (environment: string, part: string, account: string, region: string): [App, string, StackProps] => {
    const id = stackName(environment, part)
    parts.push([environment, part, id])
    const tags = { 'sluice:environment': environment, 'sluice:stack': part }
    return [app, id, { env: { account, region }, stackName: id, tags, analyticsReporting: false }]
  }
  const { artifacts } = state.project
  new SharedIdentityStack(...add(shared, 'identity', artifacts.account, artifacts.region), state)
  new RegistryStack(...add(shared, 'registry', artifacts.account, artifacts.region), state)
  for (const environment of Object.values(state.environments)) {
    const { account, regions } = environment.environment
    const region = regions[0] ?? artifacts.region
    const { name } = environment
    // An account has one provider for an issuer; environments that share the artifact account share its provider.
    const ownsProvider = account !== artifacts.account
    new IdentityStack(...add(name, 'identity', account, region), state, environment, ownsProvider)
    new NetworkStack(...add(name, 'network', account, region), environment)
    new ServiceStack(...add(name, 'service', account, region), environment)
  }
  const assembly = app.synth()
  return new Map(
    parts.map(([environment, part, id]) => [
      templateFile(environment, part),
      assembly.getStackArtifact(assembly.getStackByName(id).id).template as object,
    ]),
  )
}

async function readYaml(folder: string): Promise<Map<string, string>> {
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.yaml')).sort()
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path), 'utf8')] as const)),
  )
}
