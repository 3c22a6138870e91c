import type { DesiredState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'
import { shared } from '@sluice/core/stacks/shared'
import type { BootstrapStep } from './bootstrap-step.ts'

/** What the repository itself needs: its ids, a protected main, and the App that opens promotions. */
export function repositorySteps({ project: { github } }: DesiredState): BootstrapStep[] {
  const repository = `${github.owner}/${github.repository}`
  return [
    {
      title: `environments/project.yaml names ${repository} by its ids`,
      why: 'roles trust the repository by id, so that nobody takes over with its name',
      commands: [`gh api repos/${repository} --jq '.id, .owner.id'`],
      check: {
        command: ['gh', 'api', `repos/${repository}`, '--jq', '"\\(.id) \\(.owner.id)"'],
        contains: `${github.repositoryId} ${github.ownerId}`,
      },
    },
    {
      title: 'main takes pull requests alone, and only those whose check "required" succeeded',
      why: 'a promotion is a merge: who can push to main can deploy',
      commands: [
        `gh api -X PUT repos/${repository}/branches/main/protection --input - <<< '{"required_status_checks":{"strict":false,"contexts":["required"]},"enforce_admins":true,"required_pull_request_reviews":{"require_code_owner_reviews":true,"required_approving_review_count":1},"restrictions":null}'`,
      ],
      check: {
        command: [
          'gh',
          'api',
          `repos/${repository}/branches/main/protection`,
          '--jq',
          '.required_status_checks.contexts[]',
        ],
        contains: 'required',
      },
    },
    ...appSteps(repository),
  ]
}

/** What a job's own token does starts no workflow (GitHub: "Triggering a workflow"), so promotions are opened by an App. */
function appSteps(repository: string): BootstrapStep[] {
  const known = (kind: 'variable' | 'secret', name: string, command: string): BootstrapStep => ({
    title: `${kind} ${name}`,
    why: 'a pull request that a job opens with its own token starts no checks: promotions are opened by a GitHub App of yours, installed in this repository alone, with write access to contents and pull requests',
    commands: [command],
    check: {
      command: ['gh', kind, 'list', '--repo', repository, '--json', 'name', '--jq', '.[].name'],
      contains: name,
    },
  })
  return [
    known('variable', 'SLUICE_APP_ID', `gh variable set SLUICE_APP_ID --repo ${repository} --body APP_ID`),
    known(
      'secret',
      'SLUICE_APP_PRIVATE_KEY',
      `gh secret set SLUICE_APP_PRIVATE_KEY --repo ${repository} < private-key.pem`,
    ),
  ]
}

const follows = 'jobs that follow a rollout may not wait for a person'

/** The GitHub environments of every environment and of what all share, with reviewers where people approve. */
export function environmentSteps({ project: { github }, environments }: DesiredState): BootstrapStep[] {
  const repository = `${github.owner}/${github.repository}`
  const { githubEnvironment } = names
  const all = Object.values(environments).flatMap(({ name, environment: { promotion } }) => {
    const { reviewers } = promotion
    const isReviewed = promotion.mode === 'pull-request'
    return [
      {
        environment: githubEnvironment.reviewed(name),
        reviewed: isReviewed,
        why: isReviewed
          ? 'its approval is what the deploy and infra roles trust'
          : 'what is promoted here is merged by itself: the checks of its pull request decide',
      },
      { environment: githubEnvironment.rollout(name), reviewed: false, why: follows },
      { environment: githubEnvironment.rollBack(name), reviewed: false, why: follows },
      {
        environment: githubEnvironment.recovery(name),
        reviewed: true,
        why: 'its approval is what the recovery role trusts',
      },
    ].map((one) => ({ ...one, reviewers }))
  })
  const ofShared = {
    environment: githubEnvironment.reviewed(shared),
    reviewed: true,
    why: 'its approval is what the infra role of what all environments share trusts',
    reviewers: lastReviewers(environments),
  }
  return [...all, ofShared].map(({ environment, reviewed, why, reviewers }) => {
    const path = `repos/${repository}/environments/${environment}`
    const people = reviewers.map((user) => `{"type":"User","id":'"$(gh api users/${user} --jq .id)"'}`)
    const rule = reviewed ? `,"reviewers":[${people.join(',')}],"prevent_self_review":true` : ''
    return {
      title: `${environment}: main alone${reviewed ? `, reviewed by ${reviewers.join(', ') || 'people to be named'}` : ', no reviewers'}`,
      why,
      commands: [
        `gh api -X PUT ${path} --input - <<< '{"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}${rule}}'`,
        `gh api -X POST ${path}/deployment-branch-policies -f name=main`,
      ],
      check: {
        command: [
          'gh',
          'api',
          `${path}/deployment-branch-policies`,
          '--jq',
          '[.branch_policies[].name] | join(",")',
        ] as const,
        contains: 'main',
      },
    }
  })
}

/** Who reviews the environments from which nothing is promoted on: what all share reaches theirs too. */
function lastReviewers(environments: DesiredState['environments']): string[] {
  const all = Object.values(environments).map(({ name, environment: { promotion } }) => ({ name, ...promotion }))
  const last = all.filter(({ name }) => all.every(({ from }) => from !== name))
  return [...new Set(last.flatMap(({ reviewers }) => reviewers))]
}
