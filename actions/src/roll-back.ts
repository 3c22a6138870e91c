import * as core from '@actions/core'
import { describeHandle } from '@sluice/core/rollout/summary'
import { awsClients } from './aws/clients.ts'
import { rollBackOnAws } from './aws/roll-back.ts'
import { contract } from './contracts/roll-back.ts'
import { systemClock } from './runner/clock.ts'
import { readInputs } from './runner/inputs.ts'
import { setOutputs } from './runner/outputs.ts'
import { failStep, runAction } from './runner/run-action.ts'
import { writeSummary } from './runner/summary.ts'

await runAction('Roll back', async () => {
  const { handle, reason, role } = readInputs(contract.inputs)
  const clients = awsClients({ region: handle.region, role })
  const result = await rollBackOnAws(clients, systemClock, handle, reason, (line) => core.info(line))
  setOutputs(contract, result)
  const sign = result.outcome === 'rolled-back' ? '↩️ Rolled back' : '❌ Not rolled back'
  await writeSummary(`### ${sign}: ${result.reason}\n\n${describeHandle(handle)}`)
  if (result.outcome === 'failed') failStep('Roll back', result.reason)
})
