import type { DesiredState } from '@sluice/core/environment/read'
import { roleArn } from '@sluice/core/names'
import { allow, type Statement } from './policy.ts'
import { environmentRoles } from './roles.ts'
import { repositoryArns } from './scope.ts'
import { serviceRoleNames } from './service-roles.ts'

/** What Fargate does to start a task (ECS: "Task execution IAM role"). */
const pull = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer']

/** What a task's execution role needs to pull its image: its service's repository in the artifact account, in its own region. */
export function pullStatements({ project }: DesiredState, service: string, region: string): Statement[] {
  const image = project.services[service]?.image
  const { artifacts } = project
  const repositories = repositoryArns({ artifacts, images: image == null ? [] : [image] }, [region])
  return [allow(['ecr:GetAuthorizationToken'], '*'), allow(pull, repositories)]
}

/** A role of an environment's account, and what it does with one repository. */
interface Reader {
  readonly account: string
  readonly role: string
  readonly actions: readonly string[]
}

function readersOf(state: DesiredState, image: string, region: string): Reader[] {
  const { artifacts, services } = state.project
  const [repository] = repositoryArns({ artifacts, images: [image] }, [region])
  return Object.values(state.environments).flatMap((environment) => {
    const { account, regions } = environment.environment
    const tasks = Object.keys(environment.services)
      .filter((service) => services[service]?.image === image && regions.includes(region))
      .map((service) => ({ account, role: serviceRoleNames(environment, service, region).execution, actions: pull }))
    const delivery = environmentRoles(state, environment).map((role) => ({
      account,
      role: role.name,
      actions: role.statements
        .filter(({ Resource }) => [Resource].flat().includes(repository ?? ''))
        .flatMap(({ Action }) => Action),
    }))
    return [...tasks, ...delivery.filter(({ actions }) => actions.length > 0)]
  })
}

/**
 * The policy of a repository in one region: an account from outside needs it beside its role's own policy. Accounts are named as
 * principals and their roles by condition, because ECR refuses a policy that names a role which does not exist yet.
 */
export function repositoryPolicy(state: DesiredState, image: string, region: string): object {
  const byActions = Map.groupBy(readersOf(state, image, region), ({ actions }) => [...actions].sort().join(' '))
  return {
    Version: '2012-10-17',
    Statement: [...byActions].map(([actions, readers], index) => ({
      Sid: `Read${index + 1}`,
      Effect: 'Allow',
      Principal: { AWS: [...new Set(readers.map(({ account }) => `arn:aws:iam::${account}:root`))].sort() },
      Action: actions.split(' '),
      Condition: {
        ArnEquals: { 'aws:PrincipalArn': readers.map(({ account, role }) => roleArn(account, role)).sort() },
      },
    })),
  }
}
