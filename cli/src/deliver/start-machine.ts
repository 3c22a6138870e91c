import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { names } from '@sluice/core/names'
import { startAws, type LocalAws } from '@sluice/local/aws'
import { startGitHub, type GitHubEvent, type LocalGitHub } from '@sluice/local/github'
import { cacheFolder } from '../cache-folder.ts'
import type { DeliverOptions } from './options.ts'
import { startDatabase, type Database } from './database.ts'
import type { Head } from './git.ts'
import type { LocalMain } from './local-main.ts'
import type { DeliveryPlan } from './plan-delivery.ts'
import type { RunFolder } from './run-folder.ts'
import { stateVariable } from './sweep.ts'

/** One machine in place of a cloud: everything that a delivery talks to. */
export interface Machine {
  readonly aws: LocalAws
  readonly github: LocalGitHub
  readonly database: Database
  /** What programs of the delivery find: Node, k6 and the folder where layers are kept between runs. */
  readonly tools: Readonly<Record<string, string>>
  /** Who hears what the workflows do; nobody at first. */
  onEvent: (event: GitHubEvent) => void
}

/** Starts the endpoint, GitHub and the database. What was started is ended by `ending`, the last first. */
export async function startMachine(options: {
  readonly run: RunFolder
  readonly head: Head
  readonly main: LocalMain
  readonly plan: DeliveryPlan
  readonly k6: string
  readonly port: number
  readonly options: DeliverOptions
  readonly ending: AsyncDisposableStack
}): Promise<Machine> {
  const { run, head, main, plan, port, ending } = options
  const { project } = plan.state
  const databases = startDatabase(
    head.checkout,
    join(run.state, 'postgres'),
    plan.environments.map((name) => `registry_${name}`),
  )
  ending.defer(async () => (await databases).close())
  const tools = {
    PATH: [dirname(process.execPath), dirname(options.k6), process.env['PATH'] ?? ''].join(':'),
    RUNNER_TOOL_CACHE: cacheFolder(),
    TMPDIR: join(run.state, 'tmp'),
    [stateVariable]: run.state,
  }
  let aws: LocalAws | undefined
  const listener = { current: (_event: GitHubEvent): void => {} }
  const github = await startGitHub({
    folder: join(run.state, 'github'),
    source: { repository: main.folder, commit: main.baseline.commit },
    owner: project.github.owner,
    ownerId: project.github.ownerId,
    repository: project.github.repository,
    repositoryId: project.github.repositoryId,
    users: [{ login: 'you', kind: 'user', emails: [head.author.email] }],
    environments: githubEnvironments(plan),
    jobEnvironment: () => ({
      ...tools,
      AWS_ENDPOINT_URL: aws?.url ?? '',
      AWS_EC2_METADATA_DISABLED: 'true',
      npm_config_cache: process.env['npm_config_cache'] ?? join(homedir(), '.npm'),
    }),
    onEvent: (event) => listener.current(event),
  })
  ending.defer(() => github.close())
  aws = await startAws({
    port,
    stateFolder: join(run.state, 'aws'),
    cacheFolder: run.cache,
    speed: options.options.speed,
    runtime: options.options.runtime,
    tables: 'in-memory', // each delivery begins anew
    oidc: github.oidc,
  })
  const cloud = aws
  ending.defer(() => cloud.close())
  return {
    aws,
    github,
    database: await databases,
    tools,
    get onEvent() {
      return listener.current
    },
    set onEvent(next) {
      listener.current = next
    },
  }
}

/** GitHub's environments as design.md has them: `<env>` is reviewed, `<env>-rollout` and `<env>-roll-back` are main only. */
function githubEnvironments({ state }: DeliveryPlan) {
  return Object.fromEntries(
    Object.entries(state.environments).flatMap(([name, { environment }]) => [
      [
        names.githubEnvironment.reviewed(name),
        { reviewers: environment.promotion.reviewers, preventSelfReview: true, branches: ['main'] },
      ],
      ...[names.githubEnvironment.rollout(name), names.githubEnvironment.rollBack(name)].map((own) => [
        own,
        { reviewers: [], preventSelfReview: false, branches: ['main'] },
      ]),
    ]),
  )
}
