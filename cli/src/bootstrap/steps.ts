import type { DesiredState } from '@sluice/core/environment/read'
import { names, policyArn } from '@sluice/core/names'
import { firstParameters } from '@sluice/core/stacks/first-parameters'
import { hasCollector, planStacks, waves, type PlannedStack } from '@sluice/infra/planning'
import { adoptionSteps } from './adoption-steps.ts'
import type { BootstrapChapter, BootstrapStep, StepCheck } from './bootstrap-step.ts'
import { edgeSteps } from './edge-steps.ts'
import { environmentSteps, repositorySteps } from './github-steps.ts'
import { peopleSteps } from './people-steps.ts'

/** Where AWS publishes its distribution of the collector, until `collector` of environments/project.yaml says which one. */
const anyCollector = 'public.ecr.aws/aws-observability/aws-otel-collector@sha256:DIGEST'

const bucket = ({ account, region }: PlannedStack) => `cdk-hnb659fds-assets-${account}-${region}`

/**
 * Everything that empty accounts and an empty repository need before the first delivery, in order. Pure: what is there already is for
 * the checks to say.
 */
export function bootstrapChapters(state: DesiredState): BootstrapChapter[] {
  const stacks = planStacks(state)
  const isAccount = ({ environment, part }: PlannedStack) => environment === 'shared' && part === 'account'
  const ordered = waves(stacks).flat()
  const rest = ordered.filter((stack) => !isAccount(stack) && stack.part !== 'service')
  const later = afterServices(stacks)
  const environments = Object.values(state.environments)
  const adopted = environments.flatMap(adoptionSteps)
  return [
    { title: 'Repository', steps: repositorySteps(state) },
    { title: 'Quotas of each account and region', steps: placesOf(stacks).flatMap(quotaSteps) },
    { title: "Each account's provider and policies", steps: ordered.filter(isAccount).map(stackStep) },
    {
      title: 'CDK bootstrap, by account and region',
      steps: placesOf(stacks.filter((stack) => !isAccount(stack))).map((place) => bootstrapStep(place, state)),
    },
    { title: 'Zones and certificates', steps: environments.flatMap(edgeSteps) },
    ...(adopted.length > 0 ? [{ title: 'What is adopted', steps: adopted }] : []),
    { title: 'Stacks before the services', steps: rest.filter(({ id }) => !later.has(id)).map(stackStep) },
    { title: 'First image', steps: imageSteps(state) },
    {
      title: 'Services',
      steps: ordered.filter(({ part }) => part === 'service').map((stack) => serviceStep(stack, state)),
    },
    { title: 'Stacks after the services', steps: rest.filter(({ id }) => later.has(id)).map(stackStep) },
    { title: 'People to tell', steps: environments.flatMap(peopleSteps) },
    { title: 'GitHub environments', steps: environmentSteps(state) },
  ]
}

/** Ids of stacks that need a service's, directly or by another one: they import what it exports. */
function afterServices(stacks: readonly PlannedStack[]): ReadonlySet<string> {
  const services = new Set(stacks.filter(({ part }) => part === 'service').map(({ id }) => id))
  const later = new Set<string>()
  for (const { id, part, needs } of waves(stacks).flat())
    if (part !== 'service' && needs.some((need) => services.has(need) || later.has(need))) later.add(id)
  return later
}

interface Place {
  readonly account: string
  readonly region: string
  /** Everything that has stacks there: environments, and `shared`. */
  readonly environments: readonly string[]
}

/** Accounts and regions that have stacks, each once. */
function placesOf(stacks: readonly PlannedStack[]): Place[] {
  return [...Map.groupBy(stacks, ({ account, region }) => `${account}/${region}`).values()].flatMap((here) => {
    const [first] = here
    if (!first) return []
    const { account, region } = first
    return [{ account, region, environments: [...new Set(here.map(({ environment }) => environment))] }]
  })
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
  const step = stackStep(stack)
  if (!environment) return step
  const { FirstImage, CollectorImage } = firstParameters(state.project, environment, stack.region)
  if (FirstImage == null) return step
  // Zeros stand in the files of a repository that has not built an image yet.
  const image = FirstImage.replace(/sha256:0{64}$/, 'sha256:DIGEST')
  const collector = hasCollector(environment) ? ` CollectorImage=${CollectorImage ?? anyCollector}` : ''
  return {
    ...step,
    commands: step.commands.map((command) => `${command} --parameter-overrides FirstImage=${image}${collector}`),
  }
}

/** There once it was made: a stack whose creation was rolled back is complete as well, and holds nothing. */
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
      "Stacks[?ends_with(StackStatus, '_COMPLETE') && StackStatus != 'ROLLBACK_COMPLETE'].StackStatus",
      '--output',
      'text',
    ],
    account,
    contains: '_COMPLETE',
  }
}

/**
 * No boundary for CloudFormation's role: ours keeps every role from making roles, which is this one's work. What bounds it is its
 * policies alone, and those make roles with the boundary only (docs/identity.md).
 */
function bootstrapStep({ account, region, environments }: Place, { project }: DesiredState): BootstrapStep {
  const policies = environments.map((environment) => policyArn(account, names.policy.execution(environment)))
  const trusted = account === project.artifacts.account ? '' : ' --termination-protection'
  return {
    title: `${account} ${region}: CDK bootstrap`,
    why: 'CloudFormation deploys with its execution role: without the custom policies that role is an administrator',
    commands: [
      `npx cdk bootstrap aws://${account}/${region} --cloudformation-execution-policies ${policies.join(',')}${trusted}`,
    ],
    // The role and not the bootstrap's version: an account may have been bootstrapped before, with an administrator's policy.
    check: {
      command: [
        'aws',
        'iam',
        'list-attached-role-policies',
        '--role-name',
        `cdk-hnb659fds-cfn-exec-role-${account}-${region}`,
        '--query',
        "join('', ['[', join(',', sort(AttachedPolicies[].PolicyName)), ']'])",
        '--output',
        'text',
      ],
      account,
      contains: `[${environments
        .map((environment) => names.policy.execution(environment))
        .sort()
        .join(',')}]`,
    },
  }
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
