import * as core from '@actions/core'
import { names, roleArn } from '@sluice/core/names'
import { shared } from '@sluice/core/stacks/shared'
import { deployInfra, deployShared } from './aws/deploy-infra.ts'
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
  const { environment: name } = inputs
  const environment = name === shared ? undefined : findEnvironment(state, name)
  const { account } = environment?.environment ?? state.project.artifacts
  const commit = process.env['GITHUB_SHA']?.slice(0, 12) ?? 'local'
  const run = `${process.env['GITHUB_RUN_ID'] ?? '0'}-${process.env['GITHUB_RUN_ATTEMPT'] ?? '1'}`
  const request = {
    project: state.project,
    root: workspace(),
    role: roleToAssume(inputs.role, account, names.role.infra(name)),
    changeSet: `sluice-${commit}-${run}`,
    prepareOnly: inputs['prepare-only'],
  }
  const report = (line: string) => core.info(line)
  const { results, handles } = environment
    ? await deployInfra(request, environment, systemClock, report)
    : await deployShared(request, systemClock, report)
  setOutputs(contract, {
    changed: results.some(({ outcome }) => outcome !== 'unchanged'),
    handles,
    'rollout-role': environment ? roleArn(account, names.role.rollout(name)) : '',
  })
  const rows = results.map(({ stack, outcome, changes }) => [stack.name, stack.region, outcome, changes.length])
  await writeSummary(`### Stacks of ${name}\n\n${markdownTable(['stack', 'region', '', 'changes'], rows)}`)
})
