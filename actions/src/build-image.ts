import { ConfigurationError } from '@sluice/core/failure'
import { formatImageReference } from '@sluice/core/image-reference'
import { localBase, refuseBase } from '@sluice/core/image/service-image'
import { names } from '@sluice/core/names'
import { awsClients } from './aws/clients.ts'
import { roleToAssume } from './aws/roles.ts'
import { contract } from './contracts/build-image.ts'
import { artifactRegistry } from './registry/artifact-registry.ts'
import { buildServiceImage, readHeadCommit } from './registry/build-service-image.ts'
import { describeBuild } from './registry/describe-build.ts'
import { layerCache, layerCacheFolder } from './registry/layer-cache.ts'
import { pushImage } from './registry/push-image.ts'
import { findProjectService, readDesiredState, workspace } from './runner/desired-state.ts'
import { readInputs } from './runner/inputs.ts'
import { setOutputs } from './runner/outputs.ts'
import { runAction } from './runner/run-action.ts'
import { writeSummary } from './runner/summary.ts'

await runAction('Build image', async () => {
  const { service, push, role } = readInputs(contract.inputs)
  const { project } = await readDesiredState()
  const { path, image: repository, base } = findProjectService(project, service)
  const refusal = push ? refuseBase(base ?? localBase, project.artifacts.account) : undefined
  if (refusal != null)
    throw new ConfigurationError([{ message: refusal, hint: `set services.${service}.base by digest` }])
  const cache = layerCache(layerCacheFolder(process.env))
  const commit = await readHeadCommit(workspace())
  const source = `https://github.com/${project.github.owner}/${project.github.repository}`
  const image = await buildServiceImage({ commit, path, source, ...(base == null ? {} : { base }) }, cache)
  const reference = formatImageReference({ repository, digest: image.digest })
  const { account, region } = project.artifacts
  const aws = awsClients({ region, role: push ? roleToAssume(role, account, names.role.build()) : undefined })
  const pushed =
    push && (await pushImage(await artifactRegistry(project, aws.ecr), repository, image, commit.sha, cache))
  const release = JSON.stringify({ image: reference, commit: commit.sha, version: image.version })
  setOutputs(contract, { image: reference, digest: image.digest, release })
  await writeSummary(describeBuild(service, reference, image, pushed || undefined))
})
