import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parseDesiredState } from '@sluice/core/environment/read'
import { ConfigurationError } from '@sluice/core/failure'
import { recoveryOf, type RecoveryTime } from '@sluice/infra/planning'
import type { Command } from './command.ts'

/** `sluice rto`: how long an environment would be away, from its configuration alone. */
export const rto: Command = {
  name: 'rto',
  summary: 'recovery time of an environment, computed from its configuration',
  help: `usage: sluice rto ENVIRONMENT [--json] [--one-by-one] [--environments DIR]

Adds up what recovery takes after the loss of the primary region (of a zone, where there is one region), each term with its
source. Exit code 1 when reads or writes take longer than their objectives, or when nothing bounds them.

  --json              { environment, fault, read: { seconds, objectiveSeconds, isMet, phases }, write, recoveryPoint, isMet }
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
        `expected one environment out of ${Object.keys(environments).join(', ')}, found "${positionals.join(' ')}"`,
      )
    }
    const recovery = recoveryOf(environment, values['one-by-one'] ? 'one-by-one' : 'parallel')
    if (values.json) {
      console.log(JSON.stringify(recovery, null, 2))
    } else {
      const { fault, profile, clusters, recoveryPoint } = recovery
      console.log(
        `${name} (${profile}, ${clusters} ${clusters === 1 ? 'cluster' : 'clusters'}) after the loss of a ${fault}`,
      )
      print('read', recovery.read)
      print('write', recovery.write)
      const alarm = recoveryPoint.alarm == null ? '' : `, alarm ${recoveryPoint.alarm}`
      console.log(`\nrecovery point: objective ${recoveryPoint.objectiveSeconds} s${alarm} (${recoveryPoint.source})`)
    }
    return recovery.isMet ? 0 : 1
  },
}

const secondsOf = (seconds: number | null) => (seconds == null ? 'no bound' : `${seconds} s`)

function print(what: string, { seconds, objectiveSeconds, isMet, phases }: RecoveryTime): void {
  console.log(`\n${what}: ${secondsOf(seconds)}, ${isMet ? 'within' : 'ABOVE'} the objective of ${objectiveSeconds} s`)
  for (const phase of phases) {
    console.log(`  ${secondsOf(phase.seconds).padStart(8)}  ${phase.name}`)
    for (const term of phase.terms) {
      console.log(`            ${term.name}: ${secondsOf(term.seconds)}. ${term.source}`)
    }
  }
}

async function readYaml(folder: string): Promise<Map<string, string>> {
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.yaml')).sort()
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path), 'utf8')] as const)),
  )
}
