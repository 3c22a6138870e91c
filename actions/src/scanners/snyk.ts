import { severities, type Finding, type ScanReport, type Severity } from '@sluice/core/findings/finding'
import * as z from 'zod'
import { runTool } from './tool.ts'

/** The version of actions/package.json; a test holds the two together. */
export const snykVersion = '1.1307.4'

const vulnerabilitySchema = z.object({
  id: z.string(),
  title: z.string(),
  severity: z.string(),
  packageName: z.string(),
  version: z.string(),
  fixedIn: z.array(z.string()).optional(),
  identifiers: z.object({ CVE: z.array(z.string()).optional(), GHSA: z.array(z.string()).optional() }).optional(),
})
const projectSchema = z.object({ dependencyCount: z.number(), vulnerabilities: z.array(vulnerabilitySchema) })
const answerSchema = z.union([projectSchema.transform((project) => [project]), z.array(projectSchema)])

/**
 * Runs Snyk over the lock. Its exit code says nothing by itself: without its binary and without a network it exits 0 with an
 * empty report (research/supply-chain 1a), so only a report with projects and dependencies counts.
 */
export async function runSnyk(folder: string, token: string, now: () => Date): Promise<ScanReport> {
  const tool = { package: 'snyk', version: snykVersion, bin: 'snyk' }
  const args = ['test', '--json', '--file=package-lock.json']
  const { code, stdout, stderr } = await runTool(folder, tool, args, { SNYK_TOKEN: token, SNYK_DISABLE_ANALYTICS: '1' })
  return readSnykReport(stdout, `exit code ${code}: ${stderr.trim().slice(-300)}`, now)
}

/** The report in Snyk's JSON, or why it is none. */
export function readSnykReport(stdout: string, otherwise: string, now: () => Date): ScanReport {
  const report = (
    status: ScanReport['status'],
    detail: string,
    examined = 0,
    findings: Finding[] = [],
  ): ScanReport => ({
    scanner: 'snyk',
    status,
    detail,
    examined,
    findings,
    scannedAt: now().toISOString(),
  })
  let answer: unknown
  try {
    answer = JSON.parse(stdout)
  } catch {
    return report('failed', `expected a report in JSON, found ${stdout.length} other bytes (${otherwise})`)
  }
  if (answer != null && typeof answer === 'object' && 'error' in answer) {
    return report('failed', `Snyk says: ${String(answer.error)}`)
  }
  const parsed = answerSchema.safeParse(answer)
  if (!parsed.success)
    return report('failed', `expected projects with vulnerabilities, found another shape (${otherwise})`)
  const examined = parsed.data.reduce((sum, { dependencyCount }) => sum + dependencyCount, 0)
  const findings = parsed.data.flatMap(({ vulnerabilities }) =>
    vulnerabilities.map((found): Finding => {
      const fixedIn = found.fixedIn?.[0]
      return {
        scanner: 'snyk',
        id: found.id,
        aliases: [...(found.identifiers?.GHSA ?? []), ...(found.identifiers?.CVE ?? [])],
        title: found.title,
        severity: severities.find((severity) => severity === found.severity) ?? ('medium' satisfies Severity),
        package: { name: found.packageName, version: found.version },
        url: `https://security.snyk.io/vuln/${found.id}`,
        ...(fixedIn == null ? {} : { fixedIn }),
      }
    }),
  )
  return report('ran', `${examined} dependencies in ${parsed.data.length} project(s)`, examined, findings)
}
