import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { analysisBundleSchema, replay, type ReplayedLook } from '@sluice/core/analysis/bundle'
import type { VerdictSeen } from './report.ts'

/** The judges' bundles by environment, as the runs kept them in these folders: each look with the counts that it rests on. */
export async function readJudgeBundles(
  folders: readonly string[],
): Promise<Map<string, { reason: string; looks: VerdictSeen[] }>> {
  const bundles = new Map<string, { reason: string; looks: VerdictSeen[] }>()
  for (const folder of folders) {
    for (const file of await jsonFiles(folder)) {
      const parsed = analysisBundleSchema.safeParse(JSON.parse(await readFile(file, 'utf8')))
      if (!parsed.success) continue
      const { handle, reason } = parsed.data
      bundles.set(handle.environment, { reason, looks: replay(parsed.data).map(verdictSeen) })
    }
  }
  return bundles
}

function verdictSeen({ recorded, verdict }: ReplayedLook): VerdictSeen {
  const { at, outcome, reason, productionWeight } = recorded
  const metrics = verdict.metrics.map(({ metric, outcome: said, bad, total, baselineBad, baselineTotal }) => ({
    metric,
    outcome: said,
    bad,
    total,
    baselineBad,
    baselineTotal,
  }))
  return { at, outcome, reason, weight: productionWeight, metrics }
}

async function jsonFiles(folder: string): Promise<string[]> {
  const paths = await readdir(folder, { recursive: true }).catch(() => [])
  return paths.filter((path) => path.endsWith('.json')).map((path) => join(folder, path))
}
