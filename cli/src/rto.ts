import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parseDesiredState } from '@sluice/core/environment/read'
import { ConfigurationError } from '@sluice/core/failure'
import { recoveryOf, type Recovery, type RecoveryTime } from '@sluice/infra/planning'
import type { Command } from './command.ts'

/** `sluice rto`: how long an environment would be away, from its configuration alone. */
export const rto: Command = {
  name: 'rto',
  summary: 'recovery time of an environment, computed from its configuration',
  help: `usage: sluice rto ENVIRONMENT [--json] [--one-by-one] [--environments DIR]

Adds up what recovery takes after the loss of the primary region (of a zone, where there is one region), each term with its
source. Exit code 1 when reads or writes take longer than their objectives, or when nothing bounds them. No objective applies to
an environment whose database has no standby (profiles free and dev): it is restored from its backups, in hours; exit code 0.

  --json              { environment, fault, hasObjective, read: { seconds, objectiveSeconds, isMet, phases }, write, recoveryPoint, isMet }
  --one-by-one        as if the clusters failed over one after the other, which the deployed plan does not do
  --environments DIR  in place of environments/

  sluice rto prod
  sluice rto prod --json`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        'one-by-one': { type: 'boolean', default: false },
        environments: { type: 'string', default: join(import.meta.dirname, '../../environments') },
      },
    })
    const [name] = positionals
    const { environments } = parseDesiredState(await readYaml(values.environments), values.environments)
    const environment = name == null ? undefined : environments[name]
    if (!environment || positionals.length > 1) {
      throw new ConfigurationError(
        `expected one environment out of ${Object.keys(environments).join(', ')}, found ${positionals.length === 0 ? 'none' : `"${positionals.join(' ')}"`}`,
      )
    }
    const recovery = recoveryOf(environment, values['one-by-one'] ? 'one-by-one' : 'parallel')
    console.log(values.json ? JSON.stringify(recovery, null, 2) : describeRecovery(recovery))
    return recovery.isMet || !recovery.hasObjective ? 0 : 1
  },
}

/** What a reader is told of an environment's recovery: each time, what it is made of, and where that comes from. */
export function describeRecovery(recovery: Recovery): string {
  const { environment, fault, profile, clusters, hasObjective, recoveryPoint } = recovery
  const alarm = recoveryPoint.alarm == null ? '' : `, alarm ${recoveryPoint.alarm}`
  const objective = hasObjective ? `objective ${recoveryPoint.objectiveSeconds} s${alarm}` : 'no objective applies'
  return [
    `${environment} (${profile}, ${clusters} ${clusters === 1 ? 'cluster' : 'clusters'}) after the loss of a ${fault}`,
    ...describeTime('read', recovery.read, hasObjective),
    ...describeTime('write', recovery.write, hasObjective),
    '',
    `recovery point: ${objective} (${recoveryPoint.source})`,
  ].join('\n')
}

interface Lasting {
  readonly seconds: number | null
  readonly words?: string
}

const lasts = ({ seconds, words = 'no bound' }: Lasting) => (seconds == null ? words : `${seconds} s`)
/** In the words of the term that has no seconds, where it has any. */
const wordsOf = (terms: readonly Lasting[]) => terms.find(({ seconds }) => seconds == null)?.words ?? 'no bound'

function describeTime(
  what: string,
  { seconds, objectiveSeconds, isMet, phases }: RecoveryTime,
  hasObjective: boolean,
): string[] {
  const all = phases.flatMap(({ terms }) => terms)
  const against = hasObjective
    ? `${isMet ? 'within' : 'ABOVE'} the objective of ${objectiveSeconds} s`
    : 'no objective applies: there is no standby'
  return [
    '',
    `${what}: ${lasts({ seconds, words: wordsOf(all) })}, ${against}`,
    ...phases.flatMap((phase) => [
      `  ${lasts({ seconds: phase.seconds, words: wordsOf(phase.terms) }).padStart(8)}  ${phase.name}`,
      ...phase.terms.map((term) => `            ${term.name}: ${lasts(term)}. ${term.source}`),
    ]),
  ]
}

async function readYaml(folder: string): Promise<Map<string, string>> {
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.yaml')).sort()
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path), 'utf8')] as const)),
  )
}
