import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { names } from '@sluice/core/names'
import { shared } from '@sluice/core/stacks/shared'
import { jobEnvironment, readNpmSettings } from '../../cli/src/pull-request/job-environment.ts'
import { buildTemplates, keepFirstRevisions, planStacks, readEnvironments } from '../../infra/lib/planning/index.ts'
import type { Template } from '../../local/aws/src/index.ts'
import { startGitHub, type GitHubEvent, type LocalGitHub } from '../../local/github/src/index.ts'
import { startInfraWorld } from './infra-world.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const account = '444444444444'
const region = 'us-east-1'

/**
 * This repository's own workflows beside `stage`: a clone of HEAD whose golden templates are deployed here, a GitHub that runs it, and
 * roles that are taken by OIDC. `ann` reviews what `you` start.
 */
export async function startWorkflowWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-workflows-'))
  const checkout = join(folder, 'checkout')
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, checkout])
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', checkout, '-c', 'user.name=ann', '-c', 'user.email=ann@example.com', ...args])
      .toString()
      .trim()
  const edit = (file: string, from: string | RegExp, to: string) => {
    const before = readFileSync(join(checkout, file), 'utf8')
    const after = before.replace(from, to)
    if (after === before) throw new Error(`${file}: expected ${String(from)}, found nothing to replace`)
    writeFileSync(join(checkout, file), after)
  }
  const commit = (message: string) => {
    git('commit', '--quiet', '--all', '--message', message)
    return { repository: checkout, commit: git('rev-parse', 'HEAD') }
  }
  const events: GitHubEvent[] = []
  const npm = await readNpmSettings(checkout)
  let endpoint = ''
  let github: LocalGitHub | undefined
  const world = await startInfraWorld({
    prepareCheckout: async (host) => {
      edit(
        'environments/project.yaml',
        /artifacts:\n {2}account: .*/,
        `artifacts:\n  account: "${account}"\n  host: "${host}"`,
      )
      edit('environments/stage/environment.yaml', /^account/, `imageHost: "${host}"\naccount`)
      await writeGolden(checkout)
      return checkout
    },
    startOidc: async () => {
      github = await startGitHub({
        folder: join(folder, 'github'),
        source: { repository: checkout, commit: git('rev-parse', 'HEAD') },
        owner: 'acme',
        ownerId: 1_000_001,
        repository: 'sluice',
        repositoryId: 2_000_002,
        users: [
          { login: 'you', kind: 'user' },
          { login: 'ann', kind: 'user', emails: ['ann@example.com'] },
        ],
        environments: Object.fromEntries(
          ['stage', shared].map((name) => [name, { reviewers: ['ann'], preventSelfReview: true, branches: ['main'] }]),
        ),
        jobEnvironment: () => ({
          ...jobEnvironment(process.env, npm),
          AWS_ENDPOINT_URL: endpoint,
          AWS_EC2_METADATA_DISABLED: 'true',
        }),
        onEvent: (event) => {
          events.push(event)
          if (event.type === 'waiting-for-approval')
            setImmediate(() => github?.approve('ann', event.run.id, event.environment, 'seen'))
        },
      })
      return github.oidc
    },
    beforeStacks: async (aws) => {
      endpoint = aws.url
      for (const stack of [accountStack(checkout), bootstrapStack(), sharedIdentityStack(checkout)])
        await aws.deployStack(stack)
    },
  })
  const hub = github
  if (!hub) throw new Error('expected a GitHub, found none')
  await hub.seed('main', commit('stage as it is on this machine'))
  return {
    ...world,
    github: hub,
    edit,
    /** Brings what was edited to main, as a merged pull request does, without starting anything. */
    merge: (message: string) => hub.seed('main', commit(message)),
    /** Runs a workflow to its end. Gives each job's conclusion by its name, and what was logged. */
    async dispatch(workflow: string, inputs: Readonly<Record<string, string>>) {
      events.length = 0
      await hub.dispatch('you', workflow, 'main', { environment: 'stage', ...inputs })
      await hub.settled()
      return {
        jobs: Object.fromEntries(
          events.flatMap((event) => (event.type === 'job-finished' ? [[event.job, event.conclusion]] : [])),
        ),
        log: events.flatMap((event) => (event.type === 'log' ? [event.line] : [])).join('\n'),
      }
    },
    async close(): Promise<void> {
      await hub.close()
      await world.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The golden templates of a checkout's environments, as `npm run generate` writes them. */
async function writeGolden(checkout: string): Promise<void> {
  const golden = join(checkout, 'infra/golden')
  const state = await readEnvironments(join(checkout, 'environments'))
  const templates = keepFirstRevisions(buildTemplates(state), new Map())
  for (const [file, value] of [...templates, ['stacks.json', planStacks(state)] as const]) {
    mkdirSync(dirname(join(golden, file)), { recursive: true })
    writeFileSync(join(golden, file), `${JSON.stringify(value, null, 1)}\n`)
  }
}

/** GitHub's provider and the boundary, which an administrator deploys first. */
function accountStack(checkout: string): { name: string; template: Template } {
  const name = names.stack('shared', 'account')
  const file = join(checkout, `infra/golden/shared/${name}.${account}.template.json`)
  return { name, template: JSON.parse(readFileSync(file, 'utf8')) as Template }
}

/** The roles of the artifact account, which is the same account here. */
function sharedIdentityStack(checkout: string): { name: string; template: Template } {
  const name = names.stack(shared, 'identity')
  const file = join(checkout, `infra/golden/shared/${name}.template.json`)
  return { name, template: JSON.parse(readFileSync(file, 'utf8')) as Template }
}

/** What `cdk bootstrap` makes, as far as our roles use it. */
function bootstrapStack(): { name: string; template: Template } {
  const role = (kind: string) => ({
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: `cdk-hnb659fds-${kind}-role-${account}-${region}`,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: account } }],
      },
    },
  })
  const Resources = {
    Deploy: role('deploy'),
    Execution: role('cfn-exec'),
    FilePublishing: role('file-publishing'),
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: `cdk-hnb659fds-assets-${account}-${region}` } },
  }
  return { name: 'CDKToolkit', template: { Resources } }
}
