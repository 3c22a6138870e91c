import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runSonar } from '../../src/scanners/sonar.ts'
import { writeFolder } from '../fakes/environments.ts'
import { serve } from '../fakes/http-server.ts'

/** A clock that no test waits for. */
function quickClock() {
  let now = Date.parse('2026-11-20T12:00:00Z')
  return { now: () => new Date(now), sleep: async (milliseconds: number) => void (now += milliseconds) }
}

/** Runs Sonar's scanner, here a script, against a server that answers with these states and this quality gate. */
async function scan(server: { readonly tasks: readonly string[]; readonly gate?: object }, script?: string) {
  const asked: string[] = []
  let looks = 0
  const url = await serve(({ path, query, headers }) => {
    asked.push(`${path} ${headers.authorization}`)
    if (path === '/api/ce/task') {
      const status = server.tasks[Math.min(looks++, server.tasks.length - 1)]
      return { status: 200, body: { task: { status, ...(status === 'SUCCESS' ? { analysisId: 'A 1' } : {}) } } }
    }
    if (query.get('analysisId') !== 'A 1') return { status: 404, body: {} }
    return { status: 200, body: { projectStatus: server.gate } }
  })
  const folder = writeFolder({ 'README.md': 'x' })
  const bin = join(folder, 'node_modules/.bin')
  mkdirSync(bin, { recursive: true })
  const written = `mkdir -p .scannerwork && echo "ceTaskUrl=${url}/api/ce/task?id=1" > .scannerwork/report-task.txt`
  writeFileSync(
    join(bin, 'sonar-scanner-npm'),
    `#!/bin/sh\nprintf '%s\\n' "$@" > args; printenv SONAR_TOKEN > token\n${script ?? written}\n`,
  )
  chmodSync(join(bin, 'sonar-scanner-npm'), 0o755)
  const settings = { token: 'sqp_secret', url, projectKey: 'acme_sluice', organization: 'acme' }
  return { report: await runSonar(folder, settings, quickClock()), asked, folder }
}
const condition = (status: string) => ({
  status,
  metricKey: 'new_coverage',
  comparator: 'LT',
  errorThreshold: '80',
  actualValue: '61.2',
})

it('waits for the quality gate of this very analysis', async () => {
  const { report, asked, folder } = await scan({
    tasks: ['PENDING', 'IN_PROGRESS', 'SUCCESS'],
    gate: { status: 'OK', conditions: [condition('OK')] },
  })
  expect(report).toMatchObject({ status: 'ran', examined: 1, findings: [], detail: expect.stringContaining('OK') })
  expect(asked).toHaveLength(4)
  expect(new Set(asked.map((line) => line.split(' ').slice(1).join(' ')))).toEqual(new Set(['Bearer sqp_secret']))
  expect(readFileSync(join(folder, 'args'), 'utf8')).toContain('-Dsonar.projectKey=acme_sluice')
  expect(readFileSync(join(folder, 'args'), 'utf8')).not.toContain('sqp_secret')
  expect(readFileSync(join(folder, 'token'), 'utf8')).toBe('sqp_secret\n')
})

it('tells every condition that fails, with what was measured', async () => {
  const { report } = await scan({ tasks: ['SUCCESS'], gate: { status: 'ERROR', conditions: [condition('ERROR')] } })
  expect(report.findings).toMatchObject([
    { id: 'quality-gate/new_coverage', severity: 'high', title: 'new_coverage is 61.2, fails when LT 80' },
  ])
})

it.each<[string, Parameters<typeof scan>, string]>([
  ['the gate judged nothing', [{ tasks: ['SUCCESS'], gate: { status: 'NONE' } }], 'it has judged nothing'],
  ['the analysis failed', [{ tasks: ['FAILED'] }], "Sonar's analysis is FAILED"],
  ['it does not end', [{ tasks: ['IN_PROGRESS'] }], 'IN_PROGRESS after ten minutes'],
  ['the scanner failed', [{ tasks: [] }, 'echo not authorized >&2; exit 2'], 'exit code 2: not authorized'],
  ['the scanner left no task', [{ tasks: [] }, 'exit 0'], 'report-task.txt'],
])('has failed, and not passed, when %s', async (_what, given, detail) => {
  const { report } = await scan(...given)
  expect(report).toMatchObject({ status: 'failed', detail: expect.stringContaining(detail) })
})
