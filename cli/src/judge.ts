import { readFile } from 'node:fs/promises'
import { parseAnalysisBundle, replay, type AnalysisBundle, type ReplayedLook } from '@sluice/core/analysis/bundle'
import { formatE } from '@sluice/core/analysis/judge'
import { ConfigurationError } from '@sluice/core/failure'
import type { Command } from './command.ts'

/** `sluice judge`: decides a recorded analysis again, from its counts alone. */
export const judge: Command = {
  name: 'judge',
  summary: "replay a judge's bundle: the same verdicts from the counts alone",
  help: `usage: sluice judge replay <bundle.json> [--verbose]

Judges every look of a recorded analysis again, without any cloud, and compares. Exit code 0 when all verdicts are the
recorded ones, 1 when one differs.

  sluice judge replay .sluice/latest/artifacts/*/judge-prod-registry/bundle.json`,
  async run(args) {
    const [verb, path] = args.filter((arg) => !arg.startsWith('--'))
    if (verb !== 'replay' || path == null) {
      console.error(`sluice judge: expected "replay <bundle.json>", found "${args.join(' ')}"`)
      return 2
    }
    const bundle = await readBundle(path)
    const looks = replay(bundle)
    for (const [index, look] of looks.entries()) printLook(index + 1, look, args.includes('--verbose'))
    const different = looks.filter(({ isSame }) => !isSame).length
    console.log(`recorded: ${bundle.outcome}: ${bundle.reason}`)
    console.log(`replayed: ${looks.length - different} of ${looks.length} looks give the recorded verdict`)
    return different === 0 ? 0 : 1
  },
}

async function readBundle(path: string): Promise<AnalysisBundle> {
  let json: unknown
  try {
    json = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new ConfigurationError(`expected a judge's bundle in ${path}: ${(error as Error).message}`, { cause: error })
  }
  return parseAnalysisBundle(json, path)
}

function printLook(number: number, { recorded, verdict, isSame }: ReplayedLook, isVerbose: boolean): void {
  const sign = isSame ? '=' : '≠'
  const weight = `${Math.round(recorded.productionWeight)} %`
  console.log(`${sign} look ${number} ${recorded.at.slice(11, 19)} at ${weight}: ${verdict.outcome}: ${verdict.reason}`)
  if (!isSame) console.log(`  recorded was ${recorded.outcome}: ${recorded.reason}`)
  if (!isVerbose) return
  for (const { metric, outcome, failEvidence, failThreshold, passEvidence, passThreshold } of verdict.metrics) {
    const fail = `fail E = ${formatE(failEvidence)} of ${formatE(failThreshold)}`
    console.log(`    ${metric}: ${outcome}, ${fail}, pass E = ${formatE(passEvidence)} of ${formatE(passThreshold)}`)
  }
}
