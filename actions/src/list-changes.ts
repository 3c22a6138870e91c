import { ConfigurationError } from '@sluice/core/failure'
import { listChanges } from '@sluice/core/promotion/changes'
import { contract } from './contracts/list-changes.ts'
import { readCommittedEnvironments } from './promotion/committed-environments.ts'
import { findService, readDesiredState, workspace } from './runner/desired-state.ts'
import { readInputs } from './runner/inputs.ts'
import { setOutputs } from './runner/outputs.ts'
import { runAction } from './runner/run-action.ts'
import { markdownTable, writeSummary } from './runner/summary.ts'

await runAction('List changes', async () => {
  const { before, environment, service } = readInputs(contract.inputs)
  const state = await readDesiredState()
  let releases
  if (environment != null && service != null) {
    findService(state, environment, service)
    releases = [{ environment, service }]
  } else if (before != null) {
    const [then, now] = await Promise.all(
      [before, 'HEAD'].map((commit) => readCommittedEnvironments(workspace(), commit)),
    )
    if (!then || !now) throw new ConfigurationError('expected environments/ at both ends of the push, found one')
    releases = listChanges(then, now)
  } else {
    throw new ConfigurationError('expected the input "before", or "environment" and "service", found neither')
  }
  setOutputs(contract, { releases: JSON.stringify(releases) })
  const rows = releases.map((change) => [change.environment, change.service])
  await writeSummary(
    `### To be deployed\n\n${rows.length === 0 ? 'Nothing changed.' : markdownTable(['environment', 'service'], rows)}`,
  )
})
