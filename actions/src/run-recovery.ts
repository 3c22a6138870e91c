import * as core from '@actions/core'
import { names } from '@sluice/core/names'
import { recoveryVerdict } from '@sluice/core/recovery/outcome'
import { clientAddress } from '@sluice/core/recovery/recovery-plan'
import { runRecovery } from '@sluice/core/recovery/run-recovery'
import { describeRecovery } from '@sluice/core/recovery/summary'
import { roleToAssume } from './aws/roles.ts'
import { recoveryPorts } from './aws/run-recovery.ts'
import { contract } from './contracts/run-recovery.ts'
import { clientProbes } from './runner/client-probes.ts'
import { systemClock } from './runner/clock.ts'
import { findEnvironment, readDesiredState } from './runner/desired-state.ts'
import { readInputs } from './runner/inputs.ts'
import { setOutputs } from './runner/outputs.ts'
import { failStep, runAction } from './runner/run-action.ts'
import { writeSummary } from './runner/summary.ts'

await runAction('Run recovery', async () => {
  const { expected, mode, reason, region, url, ...inputs } = readInputs(contract.inputs)
  const state = findEnvironment(await readDesiredState(), inputs.environment)
  const { name, environment } = state
  const role = roleToAssume(inputs.role, environment.account, names.role.recovery(name))
  const clients = clientProbes(url ?? clientAddress(state), { read: inputs['read-path'], write: inputs['write-path'] })
  const ports = recoveryPorts(name, role, clients, systemClock, (line) => core.info(line))
  // Attempts of one run share its id, so that none of them starts what another one has started.
  const token = `sluice-${process.env['GITHUB_RUN_ID'] ?? systemClock.now().getTime()}`
  const planOnly = inputs['plan-only']
  const result = await runRecovery(ports, { name, environment, mode, region, reason, token, expected, planOnly })
  const verdict = recoveryVerdict(result)
  setOutputs(contract, { ...verdict, region: result.plan.region, measured: result.measured })
  await writeSummary(describeRecovery(result, expected))
  if (verdict.outcome !== 'pass') failStep('Run recovery', verdict.reason)
})
