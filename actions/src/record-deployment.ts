import { releaseAsText } from '@sluice/core/evidence/bundle'
import { contract } from './contracts/record-deployment.ts'
import { currentRun, gitHub } from './github/clients.ts'
import { recordDeployment } from './github/deployments.ts'
import { systemClock } from './runner/clock.ts'
import { readInputs } from './runner/inputs.ts'
import { setOutputs } from './runner/outputs.ts'
import { runAction } from './runner/run-action.ts'
import { markdownTable, writeSummary } from './runner/summary.ts'

await runAction('Record deployment', async () => {
  const { handle, release, outcome, gates, token, ...inputs } = readInputs(contract.inputs)
  const finishedAt = systemClock.now().toISOString()
  const reason = inputs.reason ?? (outcome === 'pass' ? 'the rollout passed' : 'no reason was recorded')
  const payload = {
    version: 1 as const,
    service: handle.service,
    release: releaseAsText(release),
    outcome,
    reason,
    strategy: handle.strategy,
    bundleSha256: inputs['bundle-sha256'],
    gates,
    startedAt: handle.startedAt,
    finishedAt,
    configuration: process.env['GITHUB_SHA'],
  }
  const urls = { log: currentRun().url, environment: handle.productionUrl }
  const id = await recordDeployment(gitHub(token), handle.environment, payload, urls)
  setOutputs(contract, { 'deployment-id': id })
  const rows = gates.map((gate) => [gate.gate, gate.outcome, gate.reason])
  await writeSummary(
    `### ${outcome === 'pass' ? '✅' : '❌'} ${handle.service} ${release.version} in ${handle.environment}: ${outcome}\n\n${reason}\n\n${markdownTable(['gate', 'outcome', 'measured'], rows)}`,
  )
})
