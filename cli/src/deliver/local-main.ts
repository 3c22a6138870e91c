import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Fault } from './options.ts'
import { faultFile, faultSource, withFault } from './fault.ts'
import { git, identity, type Head } from './git.ts'
import { applyOverlay, type Files } from './overlay.ts'

/**
 * The local main branch: the history of the user's checkout, then a commit that lays the overlay and the baseline's release
 * over `environments/`, then a merge of HEAD, as a merged pull request would bring it. It lives in a repository of its own.
 */
export interface LocalMain {
  readonly folder: string
  /** What is brought to every environment first: HEAD's parent, or HEAD itself when it has none. */
  readonly baseline: { readonly commit: string; readonly isParent: boolean }
}

/** The release that every environment starts from. */
export interface BaselineRelease {
  readonly image: string
  readonly commit: string
  readonly version: string
}

/** A repository in `folder` that holds the checkout's history. The checkout is only read. */
export async function createLocalMain(folder: string, head: Head, servicePath: string): Promise<LocalMain> {
  await mkdir(folder, { recursive: true })
  await git(folder, ['init', '--quiet', '--initial-branch=main'])
  await git(folder, ['fetch', '--quiet', '--no-tags', head.checkout, 'HEAD'])
  await git(folder, ['update-ref', 'refs/sluice/head', head.commit])
  const isParent = head.parent != null && (await hasFile(folder, head.parent, `${servicePath}/package.json`))
  const baseline = { commit: isParent && head.parent != null ? head.parent : head.commit, isParent }
  await git(folder, ['checkout', '--quiet', '-B', 'main', baseline.commit])
  return { folder, baseline }
}

async function hasFile(folder: string, commit: string, path: string): Promise<boolean> {
  return (await git(folder, ['ls-tree', '--name-only', commit, path])) === path
}

/** Writes HEAD's environments with the overlay laid over them into `to`, for infra to be planned from. */
export async function writeEnvironments(to: string, files: Files): Promise<void> {
  for (const [path, text] of files) {
    await mkdir(dirname(join(to, path)), { recursive: true })
    await writeFile(join(to, path), text)
  }
}

/** The YAML files of a folder, by path relative to it. */
export async function readYamlFiles(folder: string): Promise<Map<string, string>> {
  const paths = await readdir(folder, { recursive: true })
  const yaml = paths.filter((path) => path.endsWith('.yaml')).sort()
  return new Map(
    await Promise.all(yaml.map(async (path) => [path, await readFile(join(folder, path), 'utf8')] as const)),
  )
}

/** Every service's `release` in every environment set to the baseline. */
export function withRelease(files: Files, service: string, release: BaselineRelease): Map<string, string> {
  const overlay = new Map<string, string>()
  for (const path of files.keys()) {
    if (path.endsWith(`/${service}.yaml`)) overlay.set(path, JSON.stringify({ release }))
  }
  return applyOverlay(files, overlay, {})
}

/**
 * Commits the local environments on top of the baseline, then the merge of HEAD on top of that. Both have the same
 * `environments/`, so the merge brings HEAD's code and nothing else. Gives both commits. It is one stream for one git
 * (git-fast-import(1)): this process is large by now, and each start of another one stops it.
 */
export async function commitHistory(
  main: LocalMain,
  head: Head,
  environments: Files,
): Promise<{ readonly overlaid: string; readonly merged: string }> {
  const { folder, baseline } = main
  const stream = [
    'commit refs/heads/baseline\nmark :1\n',
    signature('author', identity),
    signature('committer', identity),
    data('chore(environments): one machine in place of the cloud, running the baseline\n'),
    `from ${baseline.commit}\n`,
    ...(await fileChanges(folder, baseline.commit, environments)),
    'commit refs/heads/main\nmark :2\n',
    signature('author', head.author),
    signature('committer', identity),
    data(`Merge pull request: ${head.subject}\n`),
    `from :1\nmerge ${head.commit}\n`,
    // The whole tree is HEAD's.
    `M 040000 ${await git(folder, ['rev-parse', `${head.commit}^{tree}`])} ""\n`,
    ...(await fileChanges(folder, head.commit, environments)),
    'get-mark :1\nget-mark :2\n',
  ]
  const marks = await git(folder, ['fast-import', '--quiet'], {}, stream.join(''))
  const [overlaid = '', merged = ''] = marks.split('\n')
  return { overlaid, merged }
}

/** What makes `environments/` of a commit hold these YAML files and no other ones. */
async function fileChanges(folder: string, commit: string, environments: Files): Promise<string[]> {
  const present = await git(folder, ['ls-tree', '-r', '-z', '--name-only', commit, 'environments/'])
  const gone = present
    .split('\0')
    .filter((path) => path.endsWith('.yaml') && !environments.has(path.slice('environments/'.length)))
  return [
    ...gone.map((path) => `D ${path}\n`),
    ...[...environments].map(([path, text]) => `M 100644 inline environments/${path}\n${data(text)}`),
  ]
}

const signature = (role: 'author' | 'committer', { name, email }: Head['author']): string =>
  `${role} ${name} <${email}> ${Math.floor(Date.now() / 1000)} +0000\n`

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`

/** Commits the fault on top of HEAD, as HEAD's author would have. Gives the head to deliver in HEAD's place. */
export async function commitFault(main: LocalMain, head: Head, fault: Fault, servicePath: string): Promise<Head> {
  const { folder } = main
  await git(folder, ['checkout', '--quiet', '--detach', head.commit])
  const entry = join(folder, servicePath, 'src/main.ts')
  await writeFile(entry, withFault(await readFile(entry, 'utf8')))
  await writeFile(join(folder, servicePath, faultFile), faultSource[fault])
  await git(folder, ['add', '--all', servicePath])
  const subject = `feat(${servicePath}): misbehave on purpose (${fault})`
  await git(folder, ['commit', '--quiet', '--no-verify', '--message', subject], {
    GIT_AUTHOR_NAME: head.author.name,
    GIT_AUTHOR_EMAIL: head.author.email,
  })
  return { ...head, commit: await git(folder, ['rev-parse', 'HEAD']), subject, parent: head.commit }
}
