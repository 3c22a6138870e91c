import { pullHost } from '../environment/pull-host.ts'
import type { Project } from '../environment/project.ts'
import type { EnvironmentState } from '../environment/read.ts'
import type { Problem } from '../failure.ts'
import { formatImageReference } from '../image-reference.ts'
import type { GoldenStack, StackState } from './stack.ts'

/** Where the values come from that a stack is made with, by parameter: what to do when there is none. */
const sources: Readonly<Record<string, string>> = {
  FirstImage: 'give the environment a service whose release names an image (environments/<env>/<service>.yaml)',
  CollectorImage: "name the collector's image by its digest as `collector` in environments/project.yaml",
}

/**
 * Values that a service stack is made with in a region that has none yet; a stack that is there keeps its own. `FirstImage` is what the
 * first revision of every service runs, `CollectorImage` the OpenTelemetry collector beside it, which some profiles have.
 */
export function firstParameters(
  { artifacts, collector }: Pick<Project, 'artifacts' | 'collector'>,
  { environment, services }: Pick<EnvironmentState, 'environment' | 'services'>,
  region: string,
): Record<string, string> {
  const [first] = Object.values(services)
  const host = pullHost({ artifacts }, environment, region)
  return {
    ...(first ? { FirstImage: `${host}/${formatImageReference(first.release.image)}` } : {}),
    ...(collector == null ? {} : { CollectorImage: collector }),
  }
}

/** What a template asks for and nobody has a value of: neither the stack, nor the template itself, nor `values`. */
export function checkParameters(
  { name, region, file }: GoldenStack,
  template: string,
  before: StackState | undefined,
  values: Readonly<Record<string, string>>,
): Problem[] {
  const { Parameters = {} } = JSON.parse(template) as { Parameters?: Record<string, { Default?: unknown }> }
  return Object.entries(Parameters)
    .filter(([key, { Default }]) => Default == null && values[key] == null && !before?.parameters.includes(key))
    .map(([key]) => ({
      message: `${name} in ${region}: expected a value of ${key}, which the stack has not yet, found none`,
      location: { file: `infra/golden/${file}` },
      hint: sources[key] ?? 'give the parameter a default',
    }))
}
