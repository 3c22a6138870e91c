import type { DesiredState } from '@sluice/core/environment/read'
import { formatImageReference } from '@sluice/core/image-reference'
import { imageHost, names, policyArn } from '@sluice/core/names'
import { planStacks, waves, type PlannedStack } from '@sluice/infra/planning'

/** How to find out whether a step is done: a read-only command, and what its answer has to contain. */
export interface StepCheck {
  readonly command: readonly [program: 'aws' | 'gh', ...args: string[]]
  /** The account whose credentials can tell; GitHub's checks have none. */
  readonly account?: string
  /** In the output when the step is done. */
  readonly contains: string
}

/** One thing that an empty account or repository needs, with the exact commands. */
export interface BootstrapStep {
  readonly title: string
  /** Why it comes here, or what goes wrong without it. */
  readonly why: string
  readonly commands: readonly string[]
  readonly check?: StepCheck
}

/** A chapter of the plan; each comes after the ones before it. */
export interface BootstrapChapter {
  readonly title: string
  readonly steps: readonly BootstrapStep[]
}

const bucket = ({ account, region }: PlannedStack) => `cdk-hnb659fds-assets-${account}-${region}`

/**
 * Everything that empty accounts and an empty repository need before the first delivery, in order. Pure: what is there already is for
 * the checks to say.
 */
export function bootstrapChapters(state: DesiredState): BootstrapChapter[] {
  const stacks = planStacks(state)
  const isAccount = ({ environment, part }: PlannedStack) => environment === 'shared' && part === 'account'
  const ordered = waves(stacks).flat()
  const rest = ordered.filter((stack) => !isAccount(stack))
  return [
    { title: 'Repository', steps: repositorySteps(state) },
    { title: 'Quotas of each account and region', steps: placesOf(stacks).flatMap(quotaSteps) },
    { title: "Each account's provider and policies", steps: ordered.filter(isAccount).map(stackStep) },
    {
      title: 'CDK bootstrap, by account and region',
      steps: placesOf(stacks).map((place) => bootstrapStep(place, state)),
    },
    { title: 'Certificates', steps: certificateSteps(state) },
    { title: 'Stacks without a service', steps: rest.filter(({ part }) => part !== 'service').map(stackStep) },
    { title: 'First image', steps: imageSteps(state) },
    {
      title: 'Services',
      steps: rest.filter(({ part }) => part === 'service').map((stack) => serviceStep(stack, state)),
    },
    { title: 'GitHub environments', steps: environmentSteps(state) },
  ]
}

function repositorySteps({ project: { github } }: DesiredState): BootstrapStep[] {
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
  ]
}

interface Place {
  readonly account: string
  readonly region: string
  readonly environment: string
}

/** Accounts and regions that have stacks, each once. */
function placesOf(stacks: readonly PlannedStack[]): Place[] {
  const places = new Map<string, Place>()
  for (const { account, region, environment, part } of stacks) {
    const key = `${account}/${region}`
    const known = places.get(key)
    // The account's own stack belongs to no environment; whoever else lives there names the execution policy.
    if (!known || (known.environment === 'shared' && part !== 'account'))
      places.set(key, { account, region, environment })
  }
  return [...places.values()]
}

function quotaSteps({ account, region }: Place): BootstrapStep[] {
  return [
    { service: 'fargate', code: 'L-3032A538', what: 'Fargate on-demand vCPUs', least: 16 },
    { service: 'ec2', code: 'L-0263D0A3', what: 'elastic addresses', least: 5 },
  ].map(({ service, code, what, least }) => {
    const args = [
      'service-quotas',
      'get-service-quota',
      '--service-code',
      service,
      '--quota-code',
      code,
      '--region',
      region,
    ]
    return {
      title: `${account} ${region}: at least ${least} ${what}`,
      why: 'a new account may have fewer, and a rollout runs old and new tasks side by side',
      commands: [
        `aws ${args.join(' ')} --query Quota.Value`,
        `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${least} --region ${region}`,
      ],
      check: {
        command: ['aws', ...args, '--query', `Quota.Value >= \`${least}\``, '--output', 'json'] as const,
        account,
        contains: 'true',
      },
    }
  })
}

function stackStep(stack: PlannedStack): BootstrapStep {
  const { environment, name, account, region, file, part } = stack
  const upload = part === 'account' ? '' : ` --s3-bucket ${bucket(stack)} --s3-prefix golden`
  return {
    title: `${account} ${region}: stack ${name}`,
    why: environment === 'shared' ? 'all environments need it' : `part of ${environment}`,
    commands: [
      `aws cloudformation deploy --region ${region} --stack-name ${name} --template-file infra/golden/${file} --capabilities CAPABILITY_NAMED_IAM${upload}`,
    ],
    check: stackCheck(stack),
  }
}

function serviceStep(stack: PlannedStack, state: DesiredState): BootstrapStep {
  const environment = state.environments[stack.environment]
  const [first] = Object.values(environment?.services ?? {})
  const step = stackStep(stack)
  if (!environment || !first) return step
  const host = environment.environment.imageHost ?? imageHost(stack.account, stack.region)
  const image = `${host}/${formatImageReference(first.release.image)}`
  return { ...step, commands: step.commands.map((command) => `${command} --parameter-overrides FirstImage=${image}`) }
}

function stackCheck({ name, account, region }: PlannedStack): StepCheck {
  return {
    command: [
      'aws',
      'cloudformation',
      'describe-stacks',
      '--region',
      region,
      '--stack-name',
      name,
      '--query',
      'Stacks[0].StackStatus',
      '--output',
      'text',
    ],
    account,
    contains: '_COMPLETE',
  }
}

function bootstrapStep({ account, region, environment }: Place, { project }: DesiredState): BootstrapStep {
  const policy = policyArn(account, names.policy.execution(environment))
  const trusted = account === project.artifacts.account ? '' : ' --termination-protection'
  return {
    title: `${account} ${region}: CDK bootstrap`,
    why: 'CloudFormation deploys with its execution role: without the custom policy that role is an administrator',
    commands: [
      `npx cdk bootstrap aws://${account}/${region} --cloudformation-execution-policies ${policy} --custom-permissions-boundary ${names.policy.boundary()}${trusted}`,
    ],
    check: {
      command: [
        'aws',
        'ssm',
        'get-parameter',
        '--region',
        region,
        '--name',
        '/cdk-bootstrap/hnb659fds/version',
        '--query',
        'Parameter.Name',
        '--output',
        'text',
      ],
      account,
      contains: '/cdk-bootstrap/',
    },
  }
}

function certificateSteps({ environments }: DesiredState): BootstrapStep[] {
  return Object.values(environments).map(({ name, environment: { account, regions, edge } }) => {
    const region = regions[0] ?? ''
    if (edge.certificateArn != null) {
      return {
        title: `${name}: certificate ${edge.certificateArn}`,
        why: 'listeners cannot be made with a certificate that is not issued',
        commands: [`aws acm describe-certificate --region ${region} --certificate-arn ${edge.certificateArn}`],
        check: {
          command: [
            'aws',
            'acm',
            'describe-certificate',
            '--region',
            region,
            '--certificate-arn',
            edge.certificateArn,
            '--query',
            'Certificate.Status',
            '--output',
            'text',
          ] as const,
          account,
          contains: 'ISSUED',
        },
      }
    }
    const domain = edge.domain ?? `registry.${name}.example.com`
    return {
      title: `${name}: no certificate is named`,
      why: `listeners speak plain HTTP until edge.certificateArn stands in environments/${name}/environment.yaml`,
      commands: [`aws acm request-certificate --region ${region} --domain-name ${domain} --validation-method DNS`],
    }
  })
}

function imageSteps({ project }: DesiredState): BootstrapStep[] {
  const { account, region } = project.artifacts
  return Object.entries(project.services).map(([service, { image }]) => ({
    title: `${service}: a first image in ${account} ${region}`,
    why: `the first revision of the service runs it; its digest belongs into environments/*/${service}.yaml`,
    commands: [`gh workflow run main.yml`, `aws ecr describe-images --region ${region} --repository-name ${image}`],
    check: {
      command: [
        'aws',
        'ecr',
        'describe-images',
        '--region',
        region,
        '--repository-name',
        image,
        '--query',
        'imageDetails[0].imageDigest',
        '--output',
        'text',
      ] as const,
      account,
      contains: 'sha256:',
    },
  }))
}

function environmentSteps({ project: { github }, environments }: DesiredState): BootstrapStep[] {
  const repository = `${github.owner}/${github.repository}`
  return Object.values(environments).flatMap(({ name, environment: { promotion } }) => {
    const isReviewed = promotion.mode === 'pull-request'
    const { githubEnvironment } = names
    return [
      { environment: githubEnvironment.reviewed(name), reviewed: isReviewed },
      { environment: githubEnvironment.rollout(name), reviewed: false },
      { environment: githubEnvironment.rollBack(name), reviewed: false },
      { environment: githubEnvironment.recovery(name), reviewed: true },
    ].map(({ environment, reviewed }) => {
      const path = `repos/${repository}/environments/${environment}`
      const people = promotion.reviewers.map((user) => `{"type":"User","id":'"$(gh api users/${user} --jq .id)"'}`)
      const reviewers = reviewed ? `,"reviewers":[${people.join(',')}],"prevent_self_review":true` : ''
      return {
        title: `${environment}: main alone${reviewed ? `, reviewed by ${promotion.reviewers.join(', ') || 'people to be named'}` : ', no reviewers'}`,
        why: reviewed
          ? 'its approval is what the deploy role trusts'
          : 'jobs that follow a rollout may not wait for a person',
        commands: [
          `gh api -X PUT ${path} --input - <<< '{"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}${reviewers}}'`,
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
  })
}
