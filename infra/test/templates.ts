import type { DesiredState } from '@sluice/core/environment/read'
import { profileNames } from '@sluice/core/environment/infra'
import { buildTemplates } from '../lib/planning/synthesize.ts'
import { desiredState } from './desired-state.ts'

/** A resource as it stands in a template; tests look at properties by name. */
export interface Resource {
  readonly logicalId: string
  readonly type: string
  // oxlint-disable-next-line typescript/no-explicit-any -- a template's properties have as many shapes as there are types
  readonly properties: Readonly<Record<string, any>>
  readonly raw: {
    readonly DeletionPolicy?: string
    readonly UpdateReplacePolicy?: string
    readonly DependsOn?: string[]
  }
}

interface RawTemplate {
  readonly Resources: Readonly<Record<string, Resource['raw'] & { Type: string; Properties?: Resource['properties'] }>>
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: string } }>>
}

/** The resources of one template. */
export class Stack {
  readonly file: string
  readonly resources: readonly Resource[]
  readonly exports: ReadonlyMap<string, unknown>
  readonly text: string

  constructor(file: string, template: object) {
    const { Resources, Outputs = {} } = template as RawTemplate
    this.file = file
    this.text = JSON.stringify(template)
    this.resources = Object.entries(Resources).map(([logicalId, raw]) => ({
      logicalId,
      type: raw.Type,
      properties: raw.Properties ?? {},
      raw,
    }))
    this.exports = new Map(Object.values(Outputs).flatMap((one) => (one.Export ? [[one.Export.Name, one.Value]] : [])))
  }

  ofType(type: string): Resource[] {
    return this.resources.filter((resource) => resource.type === type)
  }

  /** The resource under a logical id. Throws when there is none: a test that looks at nothing proves nothing. */
  get(logicalId: string): Resource {
    const found = this.resources.find((resource) => resource.logicalId === logicalId)
    if (!found)
      throw new Error(`${this.file} has no ${logicalId}: ${this.resources.map((one) => one.logicalId).join(', ')}`)
    return found
  }
}

/** How a test names a resource that it found. */
export const nameOf = ({ file }: Stack, { logicalId }: Resource): string => `${file} ${logicalId}`

const built = new WeakMap<DesiredState, ReturnType<typeof buildTemplates>>()
const read = new WeakMap<DesiredState, ReadonlyMap<string, Stack>>()

/** Templates are built once for a state, which takes a second: to be looked at, not changed. */
export function templatesOf(state: DesiredState): ReturnType<typeof buildTemplates> {
  const templates = built.get(state) ?? buildTemplates(state)
  built.set(state, templates)
  return templates
}

/** The same as stacks. */
export function stacksOf(state: DesiredState): ReadonlyMap<string, Stack> {
  const stacks =
    read.get(state) ?? new Map([...templatesOf(state)].map(([file, template]) => [file, new Stack(file, template)]))
  read.set(state, stacks)
  return stacks
}

/** Every profile as the environment `prod`, in as many regions as it may have. */
export const profileCases = profileNames.map((profile) => {
  const regions = { free: 1, dev: 1, production: 3, global: 3 }[profile]
  const clusters = ({ free: 1, dev: 1, production: 2, global: 8 } as const)[profile]
  return {
    profile,
    regions: ['us-east-1', 'us-west-2', 'eu-west-1'].slice(0, regions),
    clusters,
  }
})

const certificateArns = ['us-east-1', 'us-west-2', 'eu-west-1'].map(
  (region) => `"arn:aws:acm:${region}:222222222222:certificate/00000000-0000-0000-0000-000000000000"`,
)
/** The section `edge` in YAML's flow style: certificates everywhere, and names where a zone is given. */
export const withCertificates = `certificateArn: ${certificateArns[0]}, certificateArns: [${certificateArns.slice(1).join(', ')}]`
export const wholeEdge = `{ domain: example.com, hostedZoneId: Z0123456789ABCDEFGHIJ, ${withCertificates} }`

/** This repository with prod of a profile, in all of its regions and with all of its clusters. */
export function profileState(profile: string, edge = '{}'): DesiredState {
  const found = profileCases.find((one) => one.profile === profile)
  if (!found) throw new Error(`there is no profile ${profile}`)
  return desiredState({
    prod: {
      regions: `[${found.regions.join(', ')}]`,
      topology: `{ profile: ${profile}, physicalClusters: ${found.clusters} }`,
      edge,
    },
  })
}
