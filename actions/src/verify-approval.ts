import { decideApproval } from '@sluice/core/promotion/approval'
import { contract } from './contracts/verify-approval.ts'
import { readBundle } from './promotion/bundle-file.ts'
import { describeApproval } from './promotion/describe-approval.ts'
import { gatherApproval } from './promotion/gather-approval.ts'
import { systemClock } from './runner/clock.ts'
import { readDesiredState } from './runner/desired-state.ts'
import { readInputs } from './runner/inputs.ts'
import { setOutputs } from './runner/outputs.ts'
import { failStep, runAction } from './runner/run-action.ts'
import { writeSummary } from './runner/summary.ts'

await runAction('Verify approval', async () => {
  const inputs = readInputs(contract.inputs)
  const bundle = await readBundle(inputs.bundle)
  const facts = await gatherApproval(
    { bundle, shownSha256: inputs['bundle-sha256'], role: inputs.role, token: inputs.token },
    await readDesiredState(),
    systemClock.now(),
  )
  const decision = decideApproval(facts)
  setOutputs(contract, { approvers: decision.approvers.join(',') })
  await writeSummary(describeApproval(bundle, decision))
  if (!decision.approved) failStep(`${bundle.service} may not enter ${bundle.environment}`, decision.reasons.join('; '))
})
