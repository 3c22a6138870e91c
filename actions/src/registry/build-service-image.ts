import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ConfigurationError } from '@sluice/core/failure'
import { parseFinalStage, type FinalStage } from '@sluice/core/image/run-instructions'
import { assembleImage, imageRoot, type AssembledImage } from '@sluice/core/image/service-image'
import { makeLocalBase, pullBase } from './base-image.ts'
import type { LayerCache } from './layer-cache.ts'
import { dependenciesLayer, readTracked, sourcesLayer, type Commit } from './service-layers.ts'

const run = promisify(execFile)

/** Which service of which commit, on which base. */
export interface BuildRequest {
  readonly commit: Commit
  /** The service's folder. */
  readonly path: string
  /** `host/repository@sha256:…`; without one a base is made of this machine. */
  readonly base?: string
  /** URL of the repository, for the image's label. */
  readonly source: string
}

/** An image whose layers lie in the cache. */
export interface BuiltImage extends AssembledImage {
  readonly version: string
  readonly base: string
}

/** Builds a service's image of one commit. The same commit on the same base gives the same digest. */
export async function buildServiceImage(request: BuildRequest, cache: LayerCache): Promise<BuiltImage> {
  const { commit, path } = request
  const base = request.base == null ? await makeLocalBase(cache) : await pullBase(request.base, cache)
  const stage = await readFinalStage(commit, path)
  const layers = [await dependenciesLayer(commit, path, cache), await sourcesLayer(commit, path, stage.sources, cache)]
  const version = await readVersion(commit, path)
  const { stdout } = await run('git', ['show', '-s', '--format=%ct', commit.sha], { cwd: commit.folder })
  const image = assembleImage({
    base,
    layers,
    run: stage.run,
    workingDirectory: `/${imageRoot}/${path}`,
    commit: commit.sha,
    committedAt: new Date(Number(stdout) * 1000).toISOString(),
    version,
    source: request.source,
  })
  return { ...image, version, base: base.name }
}

/** The package's version with the commit as build metadata, so that two builds are told apart wherever a version stands. */
async function readVersion(commit: Commit, path: string): Promise<string> {
  const { version } = JSON.parse(await readTracked(commit, `${path}/package.json`)) as { version?: string }
  if (version == null) throw new ConfigurationError(`expected a version in ${path}/package.json, found none`)
  return `${version}+${commit.sha.slice(0, 7)}`
}

async function readFinalStage(commit: Commit, path: string): Promise<FinalStage> {
  const file = `${path}/Dockerfile`
  const dockerfile = await readTracked(commit, file).catch(() => undefined)
  if (dockerfile == null) return startScript(commit, path)
  try {
    return parseFinalStage(dockerfile)
  } catch (error) {
    throw new ConfigurationError([{ message: (error as Error).message, location: { file } }], { cause: error })
  }
}

/** A service without a Dockerfile starts as its package says, when that is a plain `node …`. */
async function startScript(commit: Commit, path: string): Promise<FinalStage> {
  const { scripts } = JSON.parse(await readTracked(commit, `${path}/package.json`)) as { scripts?: { start?: string } }
  const command = scripts?.start?.split(/\s+/) ?? []
  if (command[0] === 'node') return { run: { command, environment: {}, ports: [] }, sources: [] }
  throw new ConfigurationError(
    `expected ${path}/Dockerfile, or a start script such as "node src/main.ts" in ${path}/package.json, found neither`,
  )
}

/** The commit that is checked out in a folder. */
export async function readHeadCommit(folder: string): Promise<Commit> {
  try {
    const { stdout } = await run('git', ['rev-parse', 'HEAD'], { cwd: folder })
    return { folder, sha: stdout.trim() }
  } catch (error) {
    const hint = 'check out the repository before this step'
    throw new ConfigurationError([{ message: `expected a git checkout in ${folder}, found none`, hint }], {
      cause: error,
    })
  }
}
