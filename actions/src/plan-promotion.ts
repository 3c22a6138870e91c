import { bundleSha256 } from '@sluice/core/evidence/bundle'
import { describeBundle } from '@sluice/core/evidence/describe-bundle'
import { nextEnvironments } from '@sluice/core/promotion/order'
import { rolesOfJobs } from './aws/roles.ts'
import { contract } from './contracts/plan-promotion.ts'
import { systemClock } from './runner/clock.ts'
import { readDesiredState } from './runner/desired-state.ts'
import { readInputs } from './runner/inputs.ts'
import { setOutputs } from './runner/outputs.ts'
import { failStep, runAction } from './runner/run-action.ts'
import { writeSummary } from './runner/summary.ts'
import { planPromotion } from './promotion/plan-promotion.ts'
import { writeBundle } from './promotion/bundle-file.ts'

await runAction('Plan promotion', async () => {
  const inputs = readInputs(contract.inputs)
  const { environment, service } = inputs
  const state = await readDesiredState()
  const { bundle, eligibility, unchanged, account } = await planPromotion(state, inputs, systemClock.now())
  const reason = eligibility.reasons.join('; ')
  setOutputs(contract, {
    bundle: await writeBundle(bundle),
    'bundle-sha256': bundleSha256(bundle),
    release: JSON.stringify(bundle.to),
    from: bundle.from?.commit ? JSON.stringify(bundle.from) : '',
    strategy: bundle.strategy,
    region: bundle.regions[0],
    regions: JSON.stringify(bundle.regions),
    unchanged: String(unchanged),
    eligible: String(eligibility.eligible),
    reason,
    next: JSON.stringify(
      nextEnvironments(state, environment).filter((next) => state.environments[next]?.services[service]),
    ),
    ...rolesOfJobs(account, environment),
  })
  await writeSummary(`## ${service} ${bundle.to.version} to ${environment}\n\n${describeBundle(bundle, eligibility)}`)
  if (!eligibility.onlyTime && !unchanged) failStep(`${service} may not enter ${environment}`, reason)
})
