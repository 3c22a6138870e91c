import * as core from '@actions/core'
import { GetAuthorizationTokenCommand, type ECRClient } from '@aws-sdk/client-ecr'
import type { Project } from '@sluice/core/environment/project'
import { imageHost } from '@sluice/core/names'
import type { ImageConfig, ImageManifest } from '@sluice/core/image/oci'
import { registryClient, type RegistryClient } from './registry-client.ts'

/** The registry that builds push to: ECR in the artifacts account, or what the local overlay names. */
export function artifactHost({ artifacts }: Project): string {
  return artifacts.host ?? imageHost(artifacts.account, artifacts.region)
}

/** A client of that registry, with a token of ECR's, which lives in memory alone: no docker configuration, no argument. */
export async function artifactRegistry(project: Project, ecr: ECRClient): Promise<RegistryClient> {
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}))
  const token = authorizationData?.[0]?.authorizationToken
  if (token == null) throw new Error('expected an authorization token from ECR, found none')
  core.setSecret(token)
  core.setSecret(Buffer.from(token, 'base64').toString('utf8').split(':')[1] ?? token)
  return registryClient(artifactHost(project), `Basic ${token}`)
}

/** The labels that an image was built with, such as the commit that it came from. */
export async function readImageLabels(
  registry: RegistryClient,
  repository: string,
  digest: string,
): Promise<Readonly<Record<string, string>>> {
  const decoder = new TextDecoder()
  const manifest = JSON.parse(decoder.decode(await registry.readManifest(repository, digest))) as ImageManifest
  const blob = await registry.readBlob(repository, manifest.config.digest)
  return ((await blob.json()) as ImageConfig).config.Labels ?? {}
}
