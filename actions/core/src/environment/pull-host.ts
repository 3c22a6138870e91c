import { imageHost } from '../names.ts'
import type { Environment } from './environment.ts'
import type { Project } from './project.ts'

/**
 * The registry host that tasks pull from: the artifact account's, in the region of the tasks, where ECR replicates every image to.
 * An environment's own account holds no images.
 */
export function pullHost(
  { artifacts }: Pick<Project, 'artifacts'>,
  environment: Pick<Environment, 'imageHost'>,
  region: string,
): string {
  return environment.imageHost ?? imageHost(artifacts.account, region)
}
