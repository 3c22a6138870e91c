import { firstEnvironment } from '@sluice/core/promotion/order'
import { contract } from './contracts/decide-findings.ts'
import { currentRun, gitHub } from './github/clients.ts'
import { recordDecisions } from './github/decisions.ts'
import { systemClock } from './runner/clock.ts'
import { readDesiredState } from './runner/desired-state.ts'
import { readInputs } from './runner/inputs.ts'
import { setOutputs } from './runner/outputs.ts'
import { failStep, runAction } from './runner/run-action.ts'
import { writeSummary } from './runner/summary.ts'
import { decideForEnvironments, findDecided } from './scanners/decide-for-environments.ts'
import { describeDecisions } from './scanners/describe-decisions.ts'
import { readReports } from './scanners/read-reports.ts'
import { writeSarif } from './scanners/write-sarif.ts'

await runAction('Decide findings', async () => {
  const { environment, service, release, token, ...inputs } = readInputs(contract.inputs)
  const state = await readDesiredState()
  const reports = await readReports(inputs.reports)
  const now = systemClock.now().toISOString()
  const decisions = decideForEnvironments(state, reports, now)
  const decided = findDecided(decisions, environment ?? firstEnvironment(state))
  if (release && token != null) {
    const subject = { commit: release.commit, digest: release.image.digest }
    await recordDecisions(gitHub(token), subject, service, decisions, currentRun().url)
  }
  const { outcome, reason } = decided
  const gate = { gate: 'findings', outcome, reason, figures: {}, startedAt: now, finishedAt: now }
  const sarif = await writeSarif(decided.findings)
  setOutputs(contract, { outcome, reason, 'gate-result': JSON.stringify(gate), sarif })
  await writeSummary(describeDecisions(decided.name, decisions))
  if (outcome !== 'pass') failStep(`Findings keep ${service} out of ${decided.name}`, reason)
})
