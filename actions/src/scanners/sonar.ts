import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '@sluice/core/clock'
import type { Finding, ScanReport } from '@sluice/core/findings/finding'
import * as z from 'zod'
import { runTool } from './tool.ts'

/** The version of actions/package.json; a test holds the two together. */
export const sonarVersion = '5.0.1'

const pollMilliseconds = 3000
const deadlineMilliseconds = 10 * 60_000

const taskSchema = z.object({ task: z.object({ status: z.string(), analysisId: z.string().optional() }) })
const gateSchema = z.object({
  projectStatus: z.object({
    status: z.enum(['OK', 'WARN', 'ERROR', 'NONE']),
    conditions: z
      .array(
        z.object({
          status: z.string(),
          metricKey: z.string(),
          comparator: z.string().optional(),
          errorThreshold: z.string().optional(),
          actualValue: z.string().optional(),
        }),
      )
      .default([]),
  }),
})

/**
 * Runs Sonar's scanner and waits for the quality gate of exactly this analysis. A gate that says NONE has judged nothing, and
 * a task that failed or was cancelled is told as such, not as a missing gate.
 */
export async function runSonar(
  folder: string,
  settings: {
    readonly token: string
    readonly url: string
    readonly projectKey: string
    readonly organization: string
  },
  clock: Clock,
): Promise<ScanReport> {
  const report = (
    status: ScanReport['status'],
    detail: string,
    examined = 0,
    findings: Finding[] = [],
  ): ScanReport => ({
    scanner: 'sonar',
    status,
    detail,
    examined,
    findings,
    scannedAt: clock.now().toISOString(),
  })
  const tool = { package: '@sonar/scan', version: sonarVersion, bin: 'sonar-scanner-npm' }
  const args = [
    `-Dsonar.projectKey=${settings.projectKey}`,
    `-Dsonar.organization=${settings.organization}`,
    `-Dsonar.host.url=${settings.url}`,
  ]
  const { code, stdout, stderr } = await runTool(folder, tool, args, { SONAR_TOKEN: settings.token })
  if (code !== 0)
    return report('failed', `the scanner ended with exit code ${code}: ${(stderr || stdout).trim().slice(-300)}`)
  const taskText = await readFile(join(folder, '.scannerwork', 'report-task.txt'), 'utf8').catch(() => '')
  const taskUrl = /^ceTaskUrl=(.+)$/m.exec(taskText)?.[1]
  if (taskUrl == null) return report('failed', 'the scanner left no .scannerwork/report-task.txt with a ceTaskUrl')
  const deadline = clock.now().getTime() + deadlineMilliseconds
  for (;;) {
    const { task } = taskSchema.parse(await getJson(taskUrl, settings.token))
    if (task.status === 'SUCCESS' && task.analysisId != null) return judge(task.analysisId)
    if (!['PENDING', 'IN_PROGRESS'].includes(task.status)) return report('failed', `Sonar's analysis is ${task.status}`)
    if (clock.now().getTime() >= deadline)
      return report('failed', `Sonar's analysis is ${task.status} after ten minutes`)
    await clock.sleep(pollMilliseconds)
  }

  async function judge(analysisId: string): Promise<ScanReport> {
    const url = new URL(
      `api/qualitygates/project_status?analysisId=${encodeURIComponent(analysisId)}`,
      `${settings.url}/`,
    )
    const { projectStatus } = gateSchema.parse(await getJson(url.href, settings.token))
    if (projectStatus.status === 'NONE') return report('failed', 'the quality gate says NONE: it has judged nothing')
    const findings = projectStatus.conditions
      .filter(({ status }) => status === 'ERROR')
      .map(({ metricKey, comparator, errorThreshold, actualValue }): Finding => ({
        scanner: 'sonar',
        id: `quality-gate/${metricKey}`,
        aliases: [],
        title: `${metricKey} is ${actualValue ?? 'unknown'}, fails when ${comparator ?? ''} ${errorThreshold ?? ''}`,
        severity: 'high',
      }))
    const { status, conditions } = projectStatus
    return report('ran', `the quality gate says ${status} over ${conditions.length} condition(s)`, 1, findings)
  }
}

async function getJson(url: string, token: string): Promise<unknown> {
  // A redirect would carry the token elsewhere.
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` }, redirect: 'error' })
  if (!response.ok) throw new Error(`GET ${url}: expected 200, found ${response.status}`)
  return response.json()
}
