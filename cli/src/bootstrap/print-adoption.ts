import { stringify } from 'yaml'
import type { ShapedAdoption } from './adopt.ts'

/** A section with everything that is said beside it. */
export interface AdoptionAnswer extends ShapedAdoption {
  readonly environment: string
  readonly region: string
  /** What the section lacks before it can stand in `environment.yaml`. */
  readonly problems: readonly string[]
}

/** What is made beside the existing things whatever is adopted, and why. */
export const neverAdopted: readonly string[] = [
  'databases: shards are laid out by our own migrations; copy the data into the new ones before traffic moves',
  'caches: what they hold is made again from the databases',
  'buckets, secrets, log groups, roles: ours are bound to names of ours, so that roles reach them and nothing else',
  'certificates and zones: name them in edge (certificateArn, hostedZoneId)',
]

/** The whole as YAML: the section to paste, everything else as comments. */
export function describeAdoption({ environment, region, section, refused, notes, problems }: AdoptionAnswer): string {
  const isEmpty = Object.keys(section).length === 0
  const comments = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', `# ${title}`, ...lines.map((line) => `#   ${line}`)]
  return [
    `# environments/${environment}/environment.yaml`,
    isEmpty ? '# adopt: nothing that could be adopted' : stringify({ adopt: { [region]: section } }).trimEnd(),
    ...comments('incomplete, and refused as it is:', problems),
    ...comments(
      'not adopted:',
      refused.map(({ what, reason }) => `${what}: ${reason}`),
    ),
    ...comments('to know:', notes),
    ...comments('never adopted:', neverAdopted),
  ].join('\n')
}
