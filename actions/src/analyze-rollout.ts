import * as core from '@actions/core'
import { requiredGates } from '@sluice/core/analysis/gates'
import { describeAnalysis } from '@sluice/core/analysis/summary'
import { describeDiagnosis } from '@sluice/core/rollout/diagnosis'
import { analyzeRolloutOnAws } from './aws/analyze-rollout.ts'
import { awsClients } from './aws/clients.ts'
import { readDiagnosis } from './aws/diagnosis.ts'
import { contract } from './contracts/analyze-rollout.ts'
import { systemClock } from './runner/clock.ts'
import { findService, readDesiredState } from './runner/desired-state.ts'
import { readInputs } from './runner/inputs.ts'
import { setOutputs } from './runner/outputs.ts'
import { failStep, runAction } from './runner/run-action.ts'
import { writeSummary } from './runner/summary.ts'
import { writeJsonFile } from './runner/write-file.ts'

await runAction('Analyze rollout', async () => {
  const { handle, gates, role, 'bundle-path': path } = readInputs(contract.inputs)
  const { service } = findService(await readDesiredState(), handle.environment, handle.service)
  const clients = awsClients({ region: handle.region, role })
  const request = { handle, analysis: service.analysis, requiredGates: requiredGates(service), gates }
  const analyzed = await analyzeRolloutOnAws(clients, systemClock, request, service.slo, (line) => core.info(line))
  const bundle = await writeJsonFile(path, analyzed.bundle)
  setOutputs(contract, { outcome: analyzed.outcome, reason: analyzed.reason, bundle })
  const hasFailed = analyzed.outcome !== 'pass'
  const diagnosis = hasFailed ? describeDiagnosis(await readDiagnosis(clients, handle, analyzed.view)) : ''
  await writeSummary(`${describeAnalysis(handle, analyzed)}\n\n${diagnosis}`)
  if (hasFailed) failStep('Analyze rollout', `${analyzed.outcome}: ${analyzed.reason}`)
})
