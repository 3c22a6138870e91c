import { Stack, type StackProps } from 'aws-cdk-lib'
import { CfnOIDCProvider, CfnRole } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import type { DesiredState, EnvironmentState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'
import {
  buildPermissions,
  deployPermissions,
  planPermissions,
  rolloutPermissions,
  type Statement,
} from '../identity/permissions.ts'
import { githubTrust, issuer, type Subject } from '../identity/trust.ts'

function repositoryArns({ project }: DesiredState): string[] {
  const { account, region } = project.artifacts
  return Object.values(project.services).map(({ image }) => `arn:aws:ecr:${region}:${account}:repository/${image}`)
}

function addRole(scope: Construct, id: string, name: string, trust: object, statements: readonly Statement[]): CfnRole {
  return new CfnRole(scope, id, {
    roleName: name,
    assumeRolePolicyDocument: trust,
    // An hour at most: long rollouts ask for credentials anew (AWS: role chaining is capped at an hour too).
    maxSessionDuration: 3600,
    policies: [{ policyName: 'sluice', policyDocument: { Version: '2012-10-17', Statement: statements } }],
  })
}

/** What the artifact account trusts GitHub with: its provider and the role that pushes images. */
export class SharedIdentityStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps, state: DesiredState) {
    super(scope, id, props)
    new CfnOIDCProvider(this, 'GitHub', { url: `https://${issuer}`, clientIdList: ['sts.amazonaws.com'] })
    const trust = githubTrust(state.project, state.project.artifacts.account, { branch: 'main' }, ['release.yml'])
    addRole(this, 'Build', names.role.build(), trust, buildPermissions(repositoryArns(state)))
  }
}

/** The roles of one environment: plan reads, deploy starts a rollout in the reviewed environment, rollout follows it. */
export class IdentityStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    props: StackProps,
    state: DesiredState,
    environment: EnvironmentState,
    ownsProvider: boolean,
  ) {
    super(scope, id, props)
    const { account, regions } = environment.environment
    if (ownsProvider) {
      new CfnOIDCProvider(this, 'GitHub', { url: `https://${issuer}`, clientIdList: ['sts.amazonaws.com'] })
    }
    const { name } = environment
    const where = { account, regions, environment: name, services: Object.keys(environment.services) }
    const repositories = repositoryArns(state)
    const trust = (subject: Subject, workflows: readonly string[]) =>
      githubTrust(state.project, account, subject, workflows)
    const reviewed = { environment: names.githubEnvironment.reviewed(name) }
    const rollout = { environment: names.githubEnvironment.rollout(name) }
    const planWorkflows = ['deploy.yml', 'release.yml', 'promote.yml', 'rollback.yml']
    addRole(
      this,
      'Plan',
      names.role.plan(name),
      trust({ branch: 'main' }, planWorkflows),
      planPermissions(where, repositories),
    )
    addRole(
      this,
      'Deploy',
      names.role.deploy(name),
      trust(reviewed, ['deploy.yml']),
      deployPermissions(where, repositories),
    )
    addRole(this, 'Rollout', names.role.rollout(name), trust(rollout, ['deploy.yml']), rolloutPermissions(where))
  }
}
