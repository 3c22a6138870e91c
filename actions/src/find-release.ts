import { releaseAsText } from '@sluice/core/evidence/bundle'
import { chooseRelease } from '@sluice/core/promotion/choose-release'
import { contract } from './contracts/find-release.ts'
import { gitHub } from './github/clients.ts'
import { listDeployments } from './github/deployments.ts'
import { findService, readDesiredState } from './runner/desired-state.ts'
import { readInputs } from './runner/inputs.ts'
import { setOutputs } from './runner/outputs.ts'
import { runAction } from './runner/run-action.ts'
import { writeSummary } from './runner/summary.ts'

await runAction('Find release', async () => {
  const { environment, service, digest, token, ...inputs } = readInputs(contract.inputs)
  const present = releaseAsText(findService(await readDesiredState(), environment, service).service.release)
  const deployments = await listDeployments(gitHub(token), environment, service)
  const beforePresent = inputs['before-present']
  const release = chooseRelease(deployments, present, { environment, digest, beforePresent })
  setOutputs(contract, { release: JSON.stringify(release) })
  await writeSummary(`### Release\n\n\`${release.image}\`, version ${release.version}, commit ${release.commit}`)
})
