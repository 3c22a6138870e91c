import { firstEnvironment } from '@sluice/core/promotion/order'
import { shared } from '@sluice/core/stacks/shared'
import { contract } from './contracts/list-services.ts'
import { readDesiredState } from './runner/desired-state.ts'
import { setOutputs } from './runner/outputs.ts'
import { runAction } from './runner/run-action.ts'
import { markdownTable, writeSummary } from './runner/summary.ts'

await runAction('List services', async () => {
  const state = await readDesiredState()
  const services = Object.entries(state.project.services)
  const first = firstEnvironment(state)
  setOutputs(contract, {
    services: JSON.stringify(services.map(([name]) => name)),
    environments: JSON.stringify(Object.keys(state.environments)),
    'with-stacks': JSON.stringify([...Object.keys(state.environments), shared]),
    first,
  })
  const rows = services.map(([name, { path, image, owners }]) => [name, path, image, owners.join(', ')])
  await writeSummary(
    `### Services, on their way to ${first} first\n\n${markdownTable(['service', 'folder', 'image', 'owners'], rows)}`,
  )
})
