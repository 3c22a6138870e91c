import type { CheckRun, CommitStatus, Deployment, PullRequest, Run } from '../records.ts'
import type { Hub } from '../hub.ts'
import type { Commit, Signature } from '../objects/commit.ts'
import { pullRef } from '../pulls.ts'

/** An account in an answer. */
export function account(login: string): object {
  return {
    login,
    id: Array.from(login).reduce((sum, character) => sum * 31 + character.charCodeAt(0), 7) % 1_000_000,
    type: login.endsWith('[bot]') ? 'Bot' : 'User',
  }
}

export function commitShape(hub: Hub, commit: Commit): object {
  const byEmail = (email: string) => {
    // What GitHub commits itself is by this account.
    if (email === 'noreply@github.com') return account('web-flow')
    const user = hub.options.users.find(({ emails }) => emails?.includes(email))
    return user ? account(user.login) : null
  }
  const signature = ({ name, email, seconds }: Signature) => ({ name, email, date: time(seconds) })
  const { author, committer } = commit
  return {
    sha: commit.id,
    html_url: `${hub.url}/${hub.fullName}/commit/${commit.id}`,
    commit: {
      message: commit.message,
      author: signature(author),
      committer: signature(committer),
      tree: { sha: commit.tree },
    },
    author: byEmail(author.email),
    committer: byEmail(committer.email),
    parents: commit.parents.map((sha) => ({ sha })),
  }
}

/** `2026-01-31T12:00:00Z`. */
const time = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')

export async function pullShape(hub: Hub, pull: PullRequest): Promise<object> {
  const head = pull.headCommit ?? (await hub.repository.resolve(pullRef(pull, 'head'))) ?? ''
  const merge = pull.mergeCommit ?? (await hub.repository.resolve(pullRef(pull, 'merge')))
  const headOwner = pull.fork ?? hub.options.owner
  const base = (await hub.repository.resolve(pull.base)) ?? ''
  return {
    id: pull.number,
    number: pull.number,
    state: pull.state,
    title: pull.title,
    body: pull.body,
    draft: false,
    user: account(pull.author),
    html_url: `${hub.url}/${hub.fullName}/pull/${pull.number}`,
    created_at: pull.createdAt,
    merged_at: pull.mergedAt ?? null,
    merged: pull.mergedAt != null,
    mergeable: pull.state === 'open',
    mergeable_state: 'clean',
    merge_commit_sha: merge ?? null,
    merged_by: pull.mergedBy == null ? null : account(pull.mergedBy),
    labels: pull.labels.map((name) => ({ name })),
    head: {
      ref: pull.head,
      sha: head,
      label: `${headOwner}:${pull.head}`,
      repo: { full_name: `${headOwner}/${hub.options.repository}`, fork: pull.fork != null },
    },
    base: {
      ref: pull.base,
      sha: base,
      label: `${hub.options.owner}:${pull.base}`,
      repo: { id: hub.options.repositoryId, full_name: hub.fullName, fork: false },
    },
  }
}

export function runShape(hub: Hub, run: Run): object {
  const { info } = run
  return {
    id: info.id,
    name: run.workflow.name,
    display_title: info.name,
    run_number: info.id,
    run_attempt: 1,
    event: info.event,
    status: run.pending.length > 0 ? 'waiting' : run.status,
    conclusion: run.conclusion ?? null,
    path: info.workflow,
    head_branch: info.branch,
    head_sha: info.headSha,
    actor: account(info.actor),
    triggering_actor: account(info.actor),
    created_at: run.startedAt,
    run_started_at: run.startedAt,
    updated_at: run.startedAt,
    html_url: `${hub.url}/${hub.fullName}/actions/runs/${info.id}`,
  }
}

export function checkShape(hub: Hub, check: CheckRun): object {
  return {
    id: check.id,
    name: check.name,
    head_sha: check.sha,
    status: check.conclusion == null ? 'in_progress' : 'completed',
    conclusion: check.conclusion ?? null,
    started_at: check.startedAt,
    completed_at: check.completedAt ?? null,
    html_url: `${hub.url}/${hub.fullName}/actions/runs/${check.runId}/job/${check.id}`,
    app: { slug: 'github-actions' },
  }
}

export function statusShape({ id, context, state, description, targetUrl, creator, createdAt }: CommitStatus): object {
  return {
    id,
    context,
    state,
    description,
    target_url: targetUrl,
    creator: account(creator),
    created_at: createdAt,
    updated_at: createdAt,
  }
}

export function deploymentShape(hub: Hub, deployment: Deployment): object {
  const { id, sha, ref, task, environment, description, payload, creator, createdAt } = deployment
  return {
    id,
    sha,
    ref,
    task,
    environment,
    description,
    payload,
    original_environment: environment,
    creator: account(creator),
    created_at: createdAt,
    updated_at: createdAt,
    statuses_url: `${hub.url}/repos/${hub.fullName}/deployments/${id}/statuses`,
    transient_environment: false,
    production_environment: environment === 'prod',
  }
}
