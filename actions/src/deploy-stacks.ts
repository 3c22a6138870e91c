import * as core from '@actions/core'
import { names, roleArn } from '@sluice/core/names'
import { deployInfra } from './aws/deploy-infra.ts'
import { roleToAssume } from './aws/roles.ts'
import { contract } from './contracts/deploy-stacks.ts'
import { systemClock } from './runner/clock.ts'
import { findEnvironment, readDesiredState, workspace } from './runner/desired-state.ts'
import { readInputs } from './runner/inputs.ts'
import { setOutputs } from './runner/outputs.ts'
import { runAction } from './runner/run-action.ts'
import { markdownTable, writeSummary } from './runner/summary.ts'

await runAction('Deploy stacks', async () => {
  const inputs = readInputs(contract.inputs)
  const state = await readDesiredState()
  const environment = findEnvironment(state, inputs.environment)
  const commit = process.env['GITHUB_SHA']?.slice(0, 12) ?? 'local'
  const run = `${process.env['GITHUB_RUN_ID'] ?? '0'}-${process.env['GITHUB_RUN_ATTEMPT'] ?? '1'}`
  const { results, handles } = await deployInfra(
    {
      project: state.project,
      environment,
      root: workspace(),
      role: roleToAssume(inputs.role, environment.environment.account, names.role.infra(environment.name)),
      changeSet: `sluice-${commit}-${run}`,
      prepareOnly: inputs['prepare-only'],
    },
    systemClock,
    (line) => core.info(line),
  )
  setOutputs(contract, {
    changed: results.some(({ outcome }) => outcome !== 'unchanged'),
    handles,
    'rollout-role': roleArn(environment.environment.account, names.role.rollout(environment.name)),
  })
  const rows = results.map(({ stack, outcome, changes }) => [stack.name, stack.region, outcome, changes.length])
  await writeSummary(`### Stacks of ${environment.name}\n\n${markdownTable(['stack', 'region', '', 'changes'], rows)}`)
})
