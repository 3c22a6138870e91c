import * as core from '@actions/core'
import { contract } from './contracts/run-tests.ts'
import { describeTests, runAcceptanceTest, testsGate, type TestRun } from './runner/acceptance-tests.ts'
import { findService, readDesiredState, workspace } from './runner/desired-state.ts'
import { reportGate } from './runner/gate-results.ts'
import { readInputs } from './runner/inputs.ts'
import { runAction } from './runner/run-action.ts'
import { writeSummary } from './runner/summary.ts'

await runAction('Tests', async () => {
  const { handle } = readInputs(contract.inputs)
  const { service } = findService(await readDesiredState(), handle.environment, handle.service)
  if (service.tests.length === 0) {
    await writeSummary(`### Tests: \`${handle.service}\` asks for none in ${handle.environment}`)
    return
  }
  const url = handle.testUrl
  if (url == null) throw new Error(`the handle of ${handle.service} names no test address`)
  const startedAt = new Date()
  const runs: TestRun[] = []
  for (const test of service.tests) {
    runs.push(
      await core.group(`${test.name}: ${test.run}`, () =>
        runAcceptanceTest(test, workspace(), url, (line) => core.info(line)),
      ),
    )
  }
  await reportGate('Tests', testsGate(runs, startedAt, new Date()), describeTests(runs, url))
})
