import * as core from '@actions/core'
import { describeLoadTest, loadTestGate, loadTestSides } from '@sluice/core/load-test/gate'
import { findK6 } from '../../load-tests/tool/k6.mjs'
import { contract } from './contracts/run-load-test.ts'
import { findService, readDesiredState, workspace } from './runner/desired-state.ts'
import { reportGate } from './runner/gate-results.ts'
import { readInputs } from './runner/inputs.ts'
import { runLoadTest, scenarioFile } from './runner/load-test.ts'
import { runAction } from './runner/run-action.ts'
import { writeSummary } from './runner/summary.ts'

await runAction('Load test', async () => {
  const { handle } = readInputs(contract.inputs)
  const { service } = findService(await readDesiredState(), handle.environment, handle.service)
  const { loadTest, slo } = service
  if (!loadTest) {
    await writeSummary(`### Load test: \`${handle.service}\` asks for none in ${handle.environment}`)
    return
  }
  const file = scenarioFile(workspace(), handle.service, loadTest.scenario)
  const sides = loadTestSides(loadTest, handle)
  const k6 = await findK6({ report: (line) => core.info(line) })
  core.info(`k6 ${k6.version} from ${k6.source}`)
  const startedAt = new Date()
  // Side by side on one runner, so that its noise meets both.
  const results = await Promise.all(
    sides.map(async ({ side, url }) => {
      const run = await runLoadTest(k6.path, file, url, loadTest, slo, (line) => core.info(`[${side}] ${line}`))
      return { ...run, side }
    }),
  )
  const gate = loadTestGate(loadTest.scenario, results, startedAt, new Date())
  await reportGate('Load test', gate, describeLoadTest(loadTest.scenario, results))
})
