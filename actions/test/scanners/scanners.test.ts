import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DescribeImageScanFindingsCommand, ECRClient, StartImageScanCommand } from '@aws-sdk/client-ecr'
import { mockClient } from 'aws-sdk-client-mock'
import type { ScannerName } from '@sluice/core/findings/finding'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { serve } from '../fakes/http-server.ts'
import { writeFolder } from '../fakes/environments.ts'
import { readImageFindings } from '../../src/scanners/ecr.ts'
import { auditPackages, matchAdvisories, type AdvisorySnapshot } from '../../src/scanners/npm-audit.ts'
import { readReports } from '../../src/scanners/read-reports.ts'
import { runScanners, type PreparedScanner } from '../../src/scanners/run-scanners.ts'
import { findSecrets } from '../../src/scanners/secretlint.ts'
import { readSnykReport, snykVersion } from '../../src/scanners/snyk.ts'
import { sonarVersion } from '../../src/scanners/sonar.ts'

const now = () => new Date('2026-11-21T10:00:00Z')
afterEach(() => vi.unstubAllEnvs())

describe('npm-audit', () => {
  const lock = {
    lockfileVersion: 3,
    packages: { app: { dependencies: { lodash: '4' } }, 'node_modules/lodash': { version: '4.17.15' } },
  }
  const advisory = (range: string) => ({
    id: 1,
    url: 'https://github.com/advisories/GHSA-p6mc-m468-83gw',
    title: 'Prototype pollution',
    severity: 'high',
    vulnerable_versions: range,
  })
  const snapshot = { date: '2026-11-01', advisories: { lodash: [advisory('<4.17.20')] } } as AdvisorySnapshot
  const folder = writeFolder({ 'package-lock.json': JSON.stringify(lock) })
  const audit = (registry: string) => {
    vi.stubEnv('npm_config_registry', registry)
    return auditPackages(folder, 'app', snapshot, now)
  }

  it("believes npm's service where it answers, and checks the versions itself", async () => {
    const registry = await serve(() => ({ status: 200, body: { lodash: [advisory('<4.17.21'), advisory('<1.0.0')] } }))
    const report = await audit(registry)
    expect(report.detail).toBe("1 production packages of app, by npm's service")
    expect(report.findings).toMatchObject([{ id: 'GHSA-p6mc-m468-83gw', severity: 'high', fixedIn: '4.17.21' }])
  })

  it.each([
    ['refuses', { status: 405, body: {} }, "npm's service answered 405"],
    ['answers in another shape', { status: 200, body: { lodash: 'yes' } }, "npm's service answered in another shape"],
  ])('falls back to the dated snapshot where it %s, and says so', async (_what, answer, why) => {
    const report = await audit(await serve(() => answer))
    expect(report.detail).toBe(`1 production packages of app, by the snapshot of 2026-11-01 (${why})`)
    expect(report.findings).toMatchObject([{ fixedIn: '4.17.20' }])
  })

  it.each([
    ['5.2.2', '5.2.3'],
    ['7.4.5', '7.4.6'],
    ['8.0.0', undefined],
  ])('names the fix of the line that %s is of', (version, fixedIn) => {
    const advisories = {
      ws: [{ ...advisory('>=5.0.0 <5.2.3 || >=7.0.0 <7.4.6 || =8.0.0'), severity: 'high' as const }],
    }
    expect(matchAdvisories([{ name: 'ws', version }], advisories).map((finding) => finding.fixedIn)).toEqual([fixedIn])
  })
})

describe('secretlint', () => {
  const tracked = (files: Record<string, string>) => {
    const folder = writeFolder(files)
    execFileSync('git', ['init', '--quiet'], { cwd: folder })
    execFileSync('git', ['add', '.'], { cwd: folder })
    return folder
  }
  /** Put together here, so that this file is not a finding of its own. */
  const secret = ['ghp', 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'].join('_')

  it('finds a token in a tracked file, and does not repeat it', async () => {
    const folder = tracked({ 'a.ts': 'export {}\n', 'b.ts': `\nconst token = '${secret}'\n` })
    writeFileSync(`${folder}/untracked.ts`, `const token = '${secret}'\n`)
    const report = await findSecrets(folder, now)
    expect(report).toMatchObject({ status: 'ran', examined: 2 })
    expect(report.findings).toMatchObject([{ severity: 'critical', location: { file: 'b.ts', line: 2 } }])
    expect(JSON.stringify(report)).not.toContain(secret)
  })

  it('finds nothing in clean files', async () => {
    expect((await findSecrets(tracked({ 'a.ts': 'export {}\n' }), now)).findings).toEqual([])
  })
})

describe('ecr', () => {
  const image = { repository: 'component-registry', digest: `sha256:${'a'.repeat(64)}` }
  const clock = () => {
    let time = Date.parse('2026-11-21T10:00:00Z')
    return {
      now: () => new Date(time),
      sleep: async (milliseconds: number) => {
        time += milliseconds
      },
    }
  }
  const basic = { name: 'CVE-1', severity: 'HIGH' as const, attributes: [{ key: 'package_name', value: 'openssl' }] }
  const dated = { imageScanCompletedAt: new Date(), findings: [basic] }
  const read = (...pages: object[]) => {
    const ecr = mockClient(ECRClient)
    let call = 0
    ecr.on(DescribeImageScanFindingsCommand).callsFake(() => {
      const page = pages[Math.min(call, pages.length - 1)]
      call += 1
      if (page instanceof Error) throw page
      return page
    })
    ecr.on(StartImageScanCommand).resolves({})
    return { ecr, report: readImageFindings(ecr as unknown as ECRClient, image, '000000000000', clock()) }
  }
  const state = (status: string, imageScanFindings?: object) => ({ imageScanStatus: { status }, imageScanFindings })

  it.each([
    ['COMPLETE with a date', [state('COMPLETE', dated)]],
    ['ACTIVE with a date', [state('ACTIVE', dated)]],
    ['PENDING, IN_PROGRESS, then COMPLETE', [state('PENDING'), state('IN_PROGRESS'), state('COMPLETE', dated)]],
    ['COMPLETE without a date, twice the same', [state('COMPLETE', { findings: [basic] })]],
  ])('has run when it says %s', async (_what, pages) => {
    const { report } = read(...pages)
    expect(await report).toMatchObject({ status: 'ran', findings: [{ id: 'CVE-1', severity: 'high' }] })
  })

  it('waits for findings that come after COMPLETE', async () => {
    const { report } = read(state('COMPLETE', { findings: [] }), state('COMPLETE', { findings: [basic] }))
    expect((await report).findings).toHaveLength(1)
  })

  it.each([
    'FAILED',
    'UNSUPPORTED_IMAGE',
    'SCAN_ELIGIBILITY_EXPIRED',
    'FINDINGS_UNAVAILABLE',
    'LIMIT_EXCEEDED',
    'IMAGE_ARCHIVED',
  ])('has failed when it says %s', async (status) => {
    expect(await read(state(status)).report).toMatchObject({ status: 'failed', findings: [] })
  })

  it('has failed when it does not end in ten minutes', async () => {
    expect((await read(state('IN_PROGRESS')).report).detail).toContain('did not end in ten minutes: IN_PROGRESS')
  })

  it('starts a scan where there is none', async () => {
    const missing = Object.assign(new Error('none'), { name: 'ScanNotFoundException' })
    const { ecr, report } = read(missing, state('COMPLETE', dated))
    expect((await report).status).toBe('ran')
    expect(ecr.commandCalls(StartImageScanCommand)).toHaveLength(1)
  })

  it('reads all pages, basic and enhanced', async () => {
    const enhanced = {
      severity: 'CRITICAL',
      title: 'bad',
      packageVulnerabilityDetails: {
        vulnerabilityId: 'CVE-2',
        vulnerablePackages: [{ name: 'lodash', version: '4.17.15', fixedInVersion: '4.17.21' }],
      },
    }
    const { report } = read(
      { ...state('ACTIVE', dated), nextToken: 'x' },
      state('ACTIVE', { enhancedFindings: [enhanced] }),
    )
    expect((await report).findings).toMatchObject([
      { id: 'CVE-1' },
      { id: 'CVE-2', severity: 'critical', package: { name: 'lodash' }, fixedIn: '4.17.21' },
    ])
  })
})

describe('snyk', () => {
  const vulnerability = {
    id: 'SNYK-JS-LODASH-1',
    title: 'Prototype pollution',
    severity: 'high',
    packageName: 'lodash',
    version: '4.17.15',
    fixedIn: ['4.17.21'],
    identifiers: { CVE: ['CVE-1'], GHSA: ['GHSA-1'] },
  }

  it('reads one project and several', () => {
    const project = { dependencyCount: 3, vulnerabilities: [vulnerability] }
    expect(readSnykReport(JSON.stringify(project), '', now)).toMatchObject({
      status: 'ran',
      examined: 3,
      findings: [{ id: 'SNYK-JS-LODASH-1', aliases: ['GHSA-1', 'CVE-1'], fixedIn: '4.17.21' }],
    })
    expect(readSnykReport(JSON.stringify([project, project]), '', now).examined).toBe(6)
  })

  it.each([
    [
      'nothing at all, which it does with exit code 0',
      '',
      'expected a report in JSON, found 0 other bytes (exit code 0)',
    ],
    ['an error in the shape of a report', '{"ok":false,"error":"401","path":"."}', 'Snyk says: 401'],
    ['another shape', '{"ok":true}', 'expected projects with vulnerabilities'],
  ])('has failed when it says %s', (_what, stdout, detail) => {
    const report = readSnykReport(stdout, 'exit code 0', now)
    expect(report.status).toBe('failed')
    expect(report.detail).toContain(detail)
  })
})

it('runs scanners at the versions that are locked', () => {
  const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect([dependencies.snyk, dependencies['@sonar/scan']]).toEqual([snykVersion, sonarVersion])
})

it('leaves a report of a scanner that broke and of one that was not ready, and reads them back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-reports-'))
  const scanners = new Map<ScannerName, PreparedScanner>([
    ['snyk', { notRun: 'there is no SNYK_TOKEN' }],
    ['secretlint', () => Promise.reject(new Error('it broke'))],
  ])
  await runScanners(scanners, folder, now)
  const reports = await readReports(folder)
  expect(reports.map(({ scanner, status, detail }) => `${scanner} ${status}: ${detail}`).sort()).toEqual([
    'secretlint failed: it broke',
    'snyk not-run: there is no SNYK_TOKEN',
  ])
})

it('does not pass over a report that it cannot read', async () => {
  await expect(readReports(writeFolder({ 'npm-audit.json': '{' }))).rejects.toThrow('expected a scan report in')
  expect(await readReports('/does/not/exist')).toEqual([])
})
