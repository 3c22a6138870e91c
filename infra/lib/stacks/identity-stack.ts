import { Stack, type StackProps } from 'aws-cdk-lib'
import { CfnRole } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import type { DesiredState, EnvironmentState } from '@sluice/core/environment/read'
import { policyDocument } from '../identity/policy.ts'
import { environmentRoles, sharedRoles, type RoleDefinition } from '../identity/roles.ts'
import { githubTrust } from '../identity/trust.ts'

function addRole(scope: Construct, state: DesiredState, account: string, definition: RoleDefinition): void {
  const { id, name, description, subject, workflows, statements } = definition
  new CfnRole(scope, id, {
    roleName: name,
    description,
    assumeRolePolicyDocument: githubTrust(state.project, account, subject, workflows),
    // An hour at most: long rollouts ask for credentials anew (AWS: role chaining is capped at an hour too).
    maxSessionDuration: 3600,
    policies: [{ policyName: 'sluice', policyDocument: policyDocument(statements) }],
  })
}

/** The roles of the artifact account: the one that pushes images, and those that deploy what all share and compare it with git. */
export class SharedIdentityStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps, state: DesiredState) {
    super(scope, id, props)
    for (const role of sharedRoles(state)) addRole(this, state, state.project.artifacts.account, role)
  }
}

/** The roles of one environment. They trust the account's provider by its ARN, whichever stack made it. */
export class IdentityStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps, state: DesiredState, environment: EnvironmentState) {
    super(scope, id, props)
    for (const role of environmentRoles(state, environment)) addRole(this, state, environment.environment.account, role)
  }
}
