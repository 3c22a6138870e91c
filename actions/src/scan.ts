import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contract } from './contracts/scan.ts'
import { findProjectService, readDesiredState, workspace } from './runner/desired-state.ts'
import { readInputs } from './runner/inputs.ts'
import { setOutputs } from './runner/outputs.ts'
import { runAction } from './runner/run-action.ts'
import { writeSummary } from './runner/summary.ts'
import { describeReports } from './scanners/describe-reports.ts'
import { prepareScanners } from './scanners/prepare-scanners.ts'
import { runScanners } from './scanners/run-scanners.ts'

await runAction('Scan', async () => {
  const inputs = readInputs(contract.inputs)
  const state = await readDesiredState()
  const scanners = prepareScanners(inputs.scanners, {
    folder: workspace(),
    state,
    path: findProjectService(state.project, inputs.service).path,
    image: inputs.image,
    role: inputs.role,
    snykToken: inputs['snyk-token'],
    sonarToken: inputs['sonar-token'],
  })
  const reports = await mkdtemp(join(process.env['RUNNER_TEMP'] ?? tmpdir(), 'sluice-reports-'))
  const done = await runScanners(scanners, reports, () => new Date())
  const ran = done.filter(({ status }) => status === 'ran').map(({ scanner }) => scanner)
  setOutputs(contract, { reports, ran: ran.join(',') })
  await writeSummary(describeReports(done))
})
