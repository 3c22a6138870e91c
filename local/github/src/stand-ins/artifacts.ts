import { chmod, copyFile, cp, mkdir, readdir, rm } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import type { JobSession } from '../engine/job-session.ts'
import { matchesAny } from '../workflow/matches.ts'
import { findFiles } from './find-files.ts'
import type { StandIn } from './stand-in.ts'

/** What no artifact's name may have (actions/toolkit, "path-and-artifact-name-validation"). */
const notInNames = /[":<>|*?\r\n\\/]/

const artifactsOf = (session: JobSession) => join(session.run.folder, 'artifacts')

/** Keeps files of a job for the run: by a name that is free, without their permissions, and never changed again. */
export const uploadArtifact: StandIn = {
  shas: ['bbbca2ddaa5d8feaa63e36b76fdaad77386f024f'],
  inputs: [
    'name',
    'path',
    'if-no-files-found',
    'retention-days',
    'compression-level',
    'overwrite',
    'include-hidden-files',
  ],
  run: async ({ session, inputs, log }) => {
    const name = inputs['name'] || 'artifact'
    const wrong = notInNames.exec(name)?.[0]
    if (wrong != null)
      throw new Error(`The artifact name is not valid: ${name}. Contains the following character: ${wrong}`)
    const paths = inputs['path'] ?? ''
    if (paths.trim() === '') throw new Error('upload-artifact: Input required and not supplied: path')
    const isHiddenIncluded = inputs['include-hidden-files'] === 'true'
    const { files, root } = await findFiles(paths, session.folders.workspace, isHiddenIncluded)
    if (files.length === 0) {
      const message = `No files were found with the provided path: ${paths.trim()}. No artifacts will be uploaded.`
      const otherwise = inputs['if-no-files-found'] || 'warn'
      if (otherwise === 'error') throw new Error(message)
      session.line(otherwise === 'warn' ? `::warning::${message}` : message, () => undefined)
      return {}
    }
    const target = join(artifactsOf(session), name)
    if (inputs['overwrite'] === 'true') await rm(target, { recursive: true, force: true })
    await mkdir(artifactsOf(session), { recursive: true })
    await claim(target, name)
    for (const file of files) {
      const to = join(target, relative(root, file))
      await mkdir(dirname(to), { recursive: true })
      await copyFile(file, to)
      await chmod(to, 0o644)
    }
    log(`artifact ${name}: ${files.length} file${files.length === 1 ? '' : 's'}`)
    return { 'artifact-id': String(session.hub.nextId()) }
  },
}

/** Of two jobs that upload under one name, one wins and the other is told. */
async function claim(target: string, name: string): Promise<void> {
  try {
    await mkdir(target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new Error(
      `Failed to CreateArtifact: (409) Conflict: an artifact with this name already exists on the workflow run: ${name}`,
      { cause: error },
    )
  }
}

export const downloadArtifact: StandIn = {
  shas: ['3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c'],
  inputs: ['name', 'pattern', 'path', 'merge-multiple'],
  run: async ({ session, inputs, log }) => {
    const to = resolve(session.folders.workspace, inputs['path'] ?? '')
    const there = await readdir(artifactsOf(session)).catch(() => [] as string[])
    const { name, pattern } = inputs
    const wanted = there.filter((one) => (name ? one === name : matchesAny([pattern || '*'], one)))
    if (name && wanted.length === 0)
      throw new Error(`download-artifact: this run has no artifact ${name}, only ${there.join(', ') || 'none'}`)
    await mkdir(to, { recursive: true })
    for (const one of wanted) {
      const isFlat = Boolean(name) || inputs['merge-multiple'] === 'true'
      await cp(join(artifactsOf(session), one), isFlat ? to : join(to, one), { recursive: true })
    }
    log(`downloaded ${wanted.join(', ') || 'nothing'}`)
    return { 'download-path': to }
  },
}
