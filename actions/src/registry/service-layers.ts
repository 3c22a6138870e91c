import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { createHash } from 'node:crypto'
import { ConfigurationError } from '@sluice/core/failure'
import { belongsInImage } from '@sluice/core/image/layer-paths'
import type { Layer } from '@sluice/core/image/oci'
import { imageRoot } from '@sluice/core/image/service-image'
import type { LayerCache } from './layer-cache.ts'
import { writeLayer } from './layer-tar.ts'

const run = promisify(execFile)
/** The largest tracked file that goes into an image. */
const maxBuffer = 256 * 1024 * 1024

/** One commit of the repository: its tracked files are the only ones that reach an image. */
export interface Commit {
  readonly folder: string
  readonly sha: string
}

export async function readTracked({ folder, sha }: Commit, path: string): Promise<string> {
  const { stdout } = await run('git', ['show', `${sha}:${path}`], { cwd: folder, maxBuffer })
  return stdout
}

async function listTracked({ folder, sha }: Commit, path: string): Promise<string[]> {
  const { stdout } = await run('git', ['ls-tree', '-r', '-z', '--name-only', sha, '--', path], {
    cwd: folder,
    maxBuffer,
  })
  return stdout.split('\0').filter((name) => name !== '')
}

/**
 * The production dependencies of one workspace as the lock names them, installed without scripts in a clean folder that holds
 * only the commit's manifests. Nothing is installed when the same manifests were built before.
 */
export async function dependenciesLayer(commit: Commit, servicePath: string, cache: LayerCache): Promise<Layer> {
  const manifests = (await listTracked(commit, '.')).filter((path) => /(?:^|\/)package\.json$/.test(path))
  const files = new Map<string, string>()
  for (const path of ['package-lock.json', '.npmrc', ...manifests]) {
    const text = await readTracked(commit, path).catch(() => undefined)
    if (text != null) files.set(path, text)
  }
  if (!files.has('package-lock.json')) {
    throw new ConfigurationError(`expected package-lock.json in commit ${commit.sha}, found none: commit the lock`)
  }
  const { name } = JSON.parse(files.get(`${servicePath}/package.json`) ?? '{}') as { name?: string }
  if (name == null) throw new ConfigurationError(`expected ${servicePath}/package.json with a name, found none`)
  const key = [...files].map(([path, text]) => `${path} ${createHash('sha256').update(text).digest('hex')}`)
  const target = [process.arch, process.version.split('.')[0] ?? '', servicePath]
  return cache.layer(['dependencies', '2', ...target, ...key.sort()], async (file) => {
    const staging = await mkdtemp(join(tmpdir(), 'sluice-image-'))
    try {
      for (const [path, text] of files) {
        await mkdir(dirname(join(staging, path)), { recursive: true })
        await writeFile(join(staging, path), text)
      }
      await installProduction(staging, name)
      await removeUnused(staging, name)
      const there = ['node_modules', `${servicePath}/node_modules`]
        .map((path) => ({ path: `${imageRoot}/${path}`, from: join(staging, path), without: notRun }))
        .filter(({ from }) => existsSync(from))
      return await writeLayer(there, file)
    } finally {
      await rm(staging, { recursive: true, force: true })
    }
  })
}

/** Declarations and source maps are half of the files, and nothing reads them in a container. */
const notRun = /\.(?:d\.[cm]?ts|[cm]?js\.map)$/

/**
 * Optional packages are left out: what is optional in development (an embedded database) is heavy and unused in a container
 * whose architecture the lock already decides.
 */
async function installProduction(staging: string, workspace: string): Promise<void> {
  const options = ['--omit=dev', '--omit=optional', '--ignore-scripts', '--prefer-offline']
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--install-links=false']
  try {
    await run('npm', ['ci', '--workspace', workspace, ...options, ...quiet], { cwd: staging, maxBuffer })
  } catch (error) {
    const { stderr } = error as { stderr?: string }
    throw new Error(`npm ci of ${workspace} for the image failed: ${stderr?.trim() || String(error)}`, { cause: error })
  }
}

/** The workspace's own link points at sources that lie in another layer; nothing in the image imports the service by name. */
async function removeUnused(staging: string, workspace: string): Promise<void> {
  await rm(join(staging, 'node_modules', '.package-lock.json'), { force: true })
  await rm(join(staging, 'node_modules', workspace), { force: true, recursive: true })
  await rm(join(staging, 'node_modules', '.bin'), { force: true, recursive: true })
}

/** The service's own tracked files, as many as `sources` names. */
export async function sourcesLayer(
  commit: Commit,
  servicePath: string,
  sources: readonly string[],
  cache: LayerCache,
): Promise<Layer> {
  const tracked = await listTracked(commit, servicePath)
  const paths = tracked.filter((path) => belongsInImage(path, servicePath, sources))
  if (paths.length === 0) {
    throw new ConfigurationError(`expected files of ${servicePath} in commit ${commit.sha} for the image, found none`)
  }
  const { stdout: tree } = await run('git', ['rev-parse', `${commit.sha}:${servicePath}`], { cwd: commit.folder })
  return cache.layer(['sources', '2', servicePath, tree.trim(), ...sources], async (file) => {
    const staging = await mkdtemp(join(tmpdir(), 'sluice-image-'))
    try {
      const archive = join(staging, 'sources.tar')
      await run('git', ['archive', '--format=tar', `--output=${archive}`, commit.sha, '--', ...paths], {
        cwd: commit.folder,
      })
      await mkdir(join(staging, 'tree'))
      await run('tar', ['-xf', archive, '-C', join(staging, 'tree')])
      const root = { path: `${imageRoot}/package.json`, text: '{"private":true,"type":"module"}\n' }
      const from = join(staging, 'tree', servicePath)
      return await writeLayer([root, { path: `${imageRoot}/${servicePath}`, from }], file)
    } finally {
      await rm(staging, { recursive: true, force: true })
    }
  })
}
