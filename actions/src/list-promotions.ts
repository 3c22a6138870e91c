import { releaseAsText } from '@sluice/core/evidence/bundle'
import { contract } from './contracts/list-promotions.ts'
import { gitHub } from './github/clients.ts'
import { describeOpenPromotions } from './promotion/describe-promotion.ts'
import { listPromotions } from './promotion/list-promotions.ts'
import { systemClock } from './runner/clock.ts'
import { readDesiredState } from './runner/desired-state.ts'
import { readInputs } from './runner/inputs.ts'
import { setOutputs } from './runner/outputs.ts'
import { runAction } from './runner/run-action.ts'
import { writeSummary } from './runner/summary.ts'

await runAction('List promotions', async () => {
  const { token } = readInputs(contract.inputs)
  const promotions = await listPromotions(gitHub(token), await readDesiredState(), systemClock.now())
  const due = promotions.flatMap(({ environment, service, release, reasons }) =>
    release && reasons.length === 0 ? [{ environment, service, release: releaseAsText(release) }] : [],
  )
  setOutputs(contract, { due: JSON.stringify(due) })
  await writeSummary(describeOpenPromotions(promotions))
})
