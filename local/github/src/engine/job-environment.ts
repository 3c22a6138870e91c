import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hub } from '../hub.ts'
import type { Run } from '../records.ts'
import type { Contexts } from '../expressions/evaluate.ts'
import { trackingVariable } from './orphans.ts'

/** The folders of one job. */
export interface JobFolders {
  readonly workspace: string
  readonly temp: string
  readonly home: string
  readonly eventFile: string
}

export async function createJobFolders(run: Run, key: string): Promise<JobFolders> {
  const root = join(run.folder, 'jobs', key)
  const folders = {
    workspace: join(root, 'workspace'),
    temp: join(root, 'temp'),
    home: join(root, 'home'),
    eventFile: join(root, 'event.json'),
  }
  for (const folder of [folders.workspace, folders.temp, folders.home]) await mkdir(folder, { recursive: true })
  await writeFile(folders.eventFile, JSON.stringify(run.payload))
  return folders
}

/** The `github` context (GitHub: "Contexts reference"), the part that workflows may ask for. */
export function githubContext(
  hub: Hub,
  run: Run,
  job: { readonly id: string; readonly token?: string; readonly workspace?: string },
): Readonly<Record<string, unknown>> {
  const { info } = run
  const pull = (run.payload as { pull_request?: { head?: { ref: string }; base?: { ref: string } } }).pull_request
  return {
    action: '',
    actor: info.actor,
    triggering_actor: info.actor,
    api_url: hub.url,
    event: run.payload,
    event_name: info.event,
    graphql_url: `${hub.url}/graphql`,
    job: job.id,
    base_ref: pull?.base?.ref ?? '',
    head_ref: pull?.head?.ref ?? '',
    ref: info.ref,
    ref_name: info.ref.replace(/^refs\/(heads|pull)\//, ''),
    ref_type: 'branch',
    repository: hub.fullName,
    repository_id: String(hub.options.repositoryId),
    repository_owner: hub.options.owner,
    repository_owner_id: String(hub.options.ownerId),
    run_attempt: '1',
    run_id: String(info.id),
    run_number: String(info.id),
    server_url: hub.url,
    sha: info.sha,
    token: job.token ?? '',
    workflow: run.workflow.name,
    workflow_ref: `${hub.fullName}/${run.workflow.path}@${info.ref}`,
    workflow_sha: info.sha,
    workspace: job.workspace ?? '',
  }
}

/** The variables that every step gets. `contexts.github` is where they come from. */
export function stepVariables(
  hub: Hub,
  contexts: Contexts,
  folders: JobFolders,
  trackingId: string,
  mayHaveIdToken: string | undefined,
): Record<string, string> {
  const github = contexts['github'] as Readonly<Record<string, string>>
  const offered = hub.options.jobEnvironment()
  const copied = [
    'actor',
    'triggering_actor',
    'api_url',
    'event_name',
    'graphql_url',
    'job',
    'base_ref',
    'head_ref',
    'ref',
    'ref_name',
    'ref_type',
    'repository',
    'repository_id',
    'repository_owner',
    'repository_owner_id',
    'run_attempt',
    'run_id',
    'run_number',
    'server_url',
    'sha',
    'workflow',
    'workflow_ref',
    'workflow_sha',
    'workspace',
  ]
  return {
    CI: 'true',
    LANG: 'C.UTF-8',
    ...offered,
    HOME: folders.home,
    GITHUB_ACTIONS: 'true',
    ...Object.fromEntries(copied.map((name) => [`GITHUB_${name.toUpperCase()}`, github[name] ?? ''])),
    GITHUB_EVENT_PATH: folders.eventFile,
    RUNNER_TEMP: folders.temp,
    RUNNER_OS: process.platform === 'darwin' ? 'macOS' : 'Linux',
    RUNNER_ARCH: process.arch === 'arm64' ? 'ARM64' : 'X64',
    RUNNER_ENVIRONMENT: 'self-hosted',
    RUNNER_NAME: 'sluice',
    [trackingVariable]: trackingId,
    RUNNER_TOOL_CACHE: offered['RUNNER_TOOL_CACHE'] ?? join(folders.home, 'tools'),
    ...(mayHaveIdToken == null
      ? {}
      : {
          ACTIONS_ID_TOKEN_REQUEST_URL: `${hub.url}/oidc/token?api-version=2`,
          ACTIONS_ID_TOKEN_REQUEST_TOKEN: mayHaveIdToken,
        }),
  }
}
