import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, Tags, type AppProps, type Stack } from 'aws-cdk-lib'
import { parseDesiredState, type DesiredState } from '@sluice/core/environment/read'
import { ConfigurationError } from '@sluice/core/failure'
import { shared } from '@sluice/core/stacks/shared'
import { boundRoles } from '../identity/boundary.ts'
import { environmentParts, sharedParts, type StackArguments } from './parts.ts'
import type { PlannedStack } from './stack-plan.ts'
import { planStacks } from './stacks.ts'

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
  const state = await readEnvironments(environmentsFolder)
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

/** The app with every stack, not yet synthesized, for those who add plugins or rules to it. */
export function buildApp(
  state: DesiredState,
  props: AppProps = {},
): { readonly app: App; readonly stacks: ReadonlyMap<PlannedStack, Stack> } {
  const app = new App({ analyticsReporting: false, treeMetadata: false, ...props })
  const stacks = new Map(planStacks(state).map((planned) => [planned, buildStack(app, planned, state)]))
  for (const [{ environment, part }, stack] of stacks) {
    boundRoles(stack)
    // On every resource, in the template: tags of a stack are an argument of its deployment, and easily forgotten there.
    Tags.of(stack).add('sluice:environment', environment)
    Tags.of(stack).add('sluice:stack', part)
  }
  return { app, stacks }
}

/**
 * Every template by its file, in memory; the order of `planStacks`. Validation and the stack traces of constructs take as long again:
 * the checks have them.
 */
export function buildTemplates(state: DesiredState): Map<string, object> {
  // CDK synthesizes into files, and leaves a folder of its own choice where it is.
  const outdir = mkdtempSync(join(tmpdir(), 'sluice-synth-'))
  try {
    const { app, stacks } = buildApp(state, { builtinCloudFormationValidation: false, stackTraces: false, outdir })
    const assembly = app.synth()
    return new Map(
      [...stacks].map(([{ file }, { artifactId }]) => [file, assembly.getStackArtifact(artifactId).template as object]),
    )
  } finally {
    rmSync(outdir, { recursive: true, force: true })
  }
}

function buildStack(app: App, planned: PlannedStack, state: DesiredState): Stack {
  const { environment, part, name, account, region } = planned
  // A construct's id is unique in the app; the stack's name is the same in every region.
  const args: StackArguments = [
    app,
    `${name}-${account}-${region}`,
    { env: { account, region }, stackName: name, analyticsReporting: false },
  ]
  if (environment === shared) return partOf(sharedParts, part).build(args, state)
  const found = state.environments[environment]
  if (!found) throw new Error(`the plan names ${planned.id}, and there is no environment ${environment}`)
  return partOf(environmentParts, part).build(args, found, state)
}

function partOf<Part extends { readonly part: string }>(parts: readonly Part[], name: string): Part {
  const found = parts.find(({ part }) => part === name)
  if (!found) throw new Error(`the plan names the part ${name}, which nothing builds`)
  return found
}

/** Reads and checks a folder such as `environments/`. Throws a `ConfigurationError` with every violation. */
export async function readEnvironments(folder: string): Promise<DesiredState> {
  return parseDesiredState(await readYaml(folder), folder)
}

async function readYaml(folder: string): Promise<Map<string, string>> {
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.yaml')).sort()
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path), 'utf8')] as const)),
  )
}
