import { contract } from './contracts/open-promotion.ts'
import { promotionToken } from './github/app-token.ts'
import { gitHub } from './github/clients.ts'
import { mergeAndStart } from './promotion/merge-and-start.ts'
import { openPromotion } from './promotion/open-promotion.ts'
import { describePromotion } from './promotion/describe-promotion.ts'
import { systemClock } from './runner/clock.ts'
import { readDesiredState } from './runner/desired-state.ts'
import { readInputs } from './runner/inputs.ts'
import { setOutputs } from './runner/outputs.ts'
import { runAction } from './runner/run-action.ts'
import { writeSummary } from './runner/summary.ts'

await runAction('Open promotion', async () => {
  const inputs = readInputs(contract.inputs)
  const { token, startsWorkflows } = await promotionToken(inputs)
  const state = await readDesiredState()
  const github = gitHub(token)
  const opened = await openPromotion(github, state, inputs, systemClock.now())
  const merged =
    opened.mode === 'merge' && (await mergeAndStart(github, opened.pull, { ...inputs, startsWorkflows }, systemClock))
  setOutputs(contract, {
    'pull-request': opened.mode === 'none' ? '' : opened.pull.number,
    merged: String(merged),
  })
  await writeSummary(describePromotion(inputs, opened, merged))
})
