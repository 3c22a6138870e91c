import * as core from '@actions/core'
import { names } from '@sluice/core/names'
import { describeDrift } from '@sluice/core/stacks/drift'
import { shared } from '@sluice/core/stacks/shared'
import { checkDrift, checkSharedDrift } from './aws/check-drift.ts'
import { roleToAssume } from './aws/roles.ts'
import { currentRun, gitHub } from './github/clients.ts'
import { reportDrift } from './github/drift-issues.ts'
import { contract } from './contracts/check-drift.ts'
import { systemClock } from './runner/clock.ts'
import { findEnvironment, readDesiredState, workspace } from './runner/desired-state.ts'
import { readInputs } from './runner/inputs.ts'
import { setOutputs } from './runner/outputs.ts'
import { failStep, runAction } from './runner/run-action.ts'
import { writeSummary } from './runner/summary.ts'

await runAction('Check drift', async () => {
  const inputs = readInputs(contract.inputs)
  const { environment: name } = inputs
  const state = await readDesiredState()
  const environment = name === shared ? undefined : findEnvironment(state, name)
  const { account } = environment?.environment ?? state.project.artifacts
  const request = { root: workspace(), role: roleToAssume(inputs.role, account, names.role.drift(name)) }
  const { stacks, services } = environment
    ? await checkDrift(environment, request, systemClock)
    : await checkSharedDrift(state.project, request, systemClock)
  const lines = describeDrift(stacks, services)
  setOutputs(contract, { drifted: lines.length > 0 })
  const title = lines.length > 0 ? '⚠️ differs from git' : '✅ is as git says'
  const list = lines.map((line) => `- ${line}`)
  await writeSummary([`### ${name} ${title}`, `${stacks.length} stacks compared`, ...list].join('\n\n'))
  if (inputs.token != null) {
    const { kind } = await reportDrift(gitHub(inputs.token), name, lines, currentRun().url)
    core.info(`issue: ${kind}`)
  }
  if (lines.length > 0) failStep('Check drift', `${name} differs from git: ${lines.join('; ')}`)
})
