import * as core from '@actions/core'
import { describeHandle, describePlan } from '@sluice/core/rollout/summary'
import { awsClients } from './aws/clients.ts'
import { startRolloutOnAws } from './aws/start-rollout.ts'
import { contract } from './contracts/start-rollout.ts'
import { systemClock } from './runner/clock.ts'
import { findService, readDesiredState } from './runner/desired-state.ts'
import { readInputs } from './runner/inputs.ts'
import { setOutputs } from './runner/outputs.ts'
import { runAction } from './runner/run-action.ts'
import { writeSummary } from './runner/summary.ts'

await runAction('Start rollout', async () => {
  const inputs = readInputs(contract.inputs)
  const state = await readDesiredState()
  const { environment, service } = findService(state, inputs.environment, inputs.service)
  const clients = awsClients({ region: inputs.region ?? environment.environment.regions[0] ?? '', role: inputs.role })
  const { handle, how } = await startRolloutOnAws(
    clients,
    systemClock,
    {
      project: state.project,
      environmentName: environment.name,
      environment: environment.environment,
      serviceName: inputs.service,
      service,
      run: `${process.env['GITHUB_RUN_ID'] ?? 'local'}.${process.env['GITHUB_RUN_ATTEMPT'] ?? '1'}`,
    },
    (line) => core.info(line),
  )
  setOutputs(contract, {
    handle,
    'production-url': handle.productionUrl,
    'test-url': handle.testUrl,
    unchanged: how === 'unchanged',
  })
  const said = { started: '🚀 Rollout started', resumed: '⏯️ Rollout resumed', unchanged: '✅ Runs already' }[how]
  const deployment = `Service deployment \`${handle.serviceDeploymentArn}\``
  await writeSummary([`### ${said}`, describeHandle(handle), describePlan(service), deployment].join('\n\n'))
})
