import * as core from '@actions/core'
import { describeDiagnosis, reasonWithCause } from '@sluice/core/rollout/diagnosis'
import { describeHandle, describeTimeline } from '@sluice/core/rollout/summary'
import { watchRollout } from '@sluice/core/rollout/watch'
import { awsClients } from './aws/clients.ts'
import { readDiagnosis } from './aws/diagnosis.ts'
import { serviceDeployments } from './aws/service-deployments.ts'
import { contract } from './contracts/watch-rollout.ts'
import { systemClock as clock } from './runner/clock.ts'
import { readAnalysisInterval } from './runner/desired-state.ts'
import { readInputs } from './runner/inputs.ts'
import { setOutputs } from './runner/outputs.ts'
import { failStep, runAction } from './runner/run-action.ts'
import { writeSummary } from './runner/summary.ts'

await runAction('Watch rollout', async () => {
  const { handle, until, role } = readInputs(contract.inputs)
  const clients = awsClients({ region: handle.region, role })
  const deployments = serviceDeployments(clients.ecs)
  const ports = { deployments, clock, random: () => Math.random(), report: (line: string) => core.info(line) }
  const view = await watchRollout(ports, handle, until, await readAnalysisInterval(handle))
  const { state, timeline } = view
  const hasFailed = state.phase !== 'paused' && state.phase !== 'landed'
  const facts = hasFailed ? await readDiagnosis(clients, handle, view) : undefined
  const reason = facts ? reasonWithCause(facts) : state.reason
  setOutputs(contract, {
    state: state.phase,
    stage: state.stage,
    'hook-id': state.phase === 'paused' ? state.hook.hookId : '',
    outcome: state.phase === 'landed' ? 'pass' : hasFailed ? 'fail' : 'inconclusive',
    reason,
  })
  const title = `### ${hasFailed ? '❌' : state.phase === 'paused' ? '⏸️' : '✅'} Rollout ${state.phase}: ${state.reason}`
  const story = [title, describeHandle(handle), describeTimeline(timeline), facts ? describeDiagnosis(facts) : '']
  await writeSummary(story.join('\n\n'))
  if (hasFailed) failStep('Watch rollout', `rollout ${state.phase}: ${reason}`)
})
