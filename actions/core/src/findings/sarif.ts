import { sha256OfJson, type Json } from '../canonical-json.ts'
import type { JudgedFinding } from './decide.ts'
import type { Severity } from './finding.ts'

/** GitHub's code scanning keeps 5,000 results of an upload. */
const mostResults = 5000

/** GitHub reads `security-severity` as a CVSS score. */
const score: Readonly<Record<Severity, string>> = { low: '2.0', medium: '5.0', high: '8.0', critical: '9.5' }

/**
 * SARIF 2.1.0 of a decision: one run a scanner, a stable fingerprint a finding, and the ignores as suppressions, which scanners'
 * own SARIF leaves out. What has no place in a file points at the lock.
 */
export function findingsSarif(findings: readonly JudgedFinding[]): Json {
  const scanners = [...new Set(findings.map(({ finding }) => finding.scanner))].sort()
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: scanners.map((scanner) => {
      const ofScanner = findings.filter(({ finding }) => finding.scanner === scanner).slice(0, mostResults)
      const rules = new Map(ofScanner.map((judged) => [judged.finding.id, judged]))
      return {
        tool: { driver: { name: scanner, rules: [...rules.values()].map(rule) } },
        results: ofScanner.map(result),
      }
    }),
  }
}

function rule({ finding }: JudgedFinding): Json {
  return {
    id: finding.id,
    shortDescription: { text: finding.title },
    ...(finding.url == null ? {} : { helpUri: finding.url }),
    properties: { 'security-severity': score[finding.severity], tags: ['security'] },
  }
}

function result({ finding, effect, why }: JudgedFinding): Json {
  const { package: of, location } = finding
  const fingerprint = sha256OfJson([finding.scanner, finding.id, of?.name ?? null, location?.file ?? null])
  return {
    ruleId: finding.id,
    level: effect === 'fail' ? 'error' : 'note',
    message: { text: `${of ? `${of.name}@${of.version}: ` : ''}${finding.title} (${why})` },
    partialFingerprints: { 'sluice/v1': fingerprint },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: location?.file ?? 'package-lock.json' },
          region: { startLine: location?.line ?? 1 },
        },
      },
    ],
    ...(effect === 'ignored' ? { suppressions: [{ kind: 'external', justification: why }] } : {}),
  }
}
