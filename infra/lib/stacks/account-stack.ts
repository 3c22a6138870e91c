import { BootstraplessSynthesizer, Stack, type StackProps } from 'aws-cdk-lib'
import { CfnManagedPolicy, CfnOIDCProvider } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import type { DesiredState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'
import { isRotatedByFunction, rotationName } from '../data/rotation-name.ts'
import { boundaryPolicy } from '../identity/boundary.ts'
import { executionPolicy, type ExecutionScope } from '../identity/execution-policy.ts'
import { issuer } from '../identity/trust.ts'
import { registryRegions, stackRegions } from '../topology/regions.ts'

/** Every account, in order: those of the environments and the artifacts'. */
export function accountsOf(state: DesiredState): string[] {
  return [...new Set(executionScopes(state).map(({ account }) => account))].sort()
}

/** Everything that is deployed: environments, and what all share. */
function executionScopes(state: DesiredState): ExecutionScope[] {
  return [
    { part: 'shared', account: state.project.artifacts.account, regions: registryRegions(state) },
    ...Object.values(state.environments).map((environment) => ({
      part: environment.name,
      account: environment.environment.account,
      regions: stackRegions(environment),
      functions: isRotatedByFunction(environment) ? [rotationName(environment.name)] : [],
    })),
  ]
}

/**
 * What an account has once, however many environments share it: GitHub's identity provider (IAM takes one for an issuer), the boundary of
 * all roles, and the policies that CloudFormation works with. The first stack of an account: an administrator deploys it before
 * `cdk bootstrap`, which is given the policies by name; hence no bootstrap version, no asset. No other stack may change it.
 */
export class AccountStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps, state: DesiredState) {
    super(scope, id, { ...props, ...withoutBootstrap() })
    const account = this.account
    const here = executionScopes(state).filter((one) => one.account === account)
    new CfnOIDCProvider(this, 'GitHub', { url: `https://${issuer}`, clientIdList: ['sts.amazonaws.com'] })
    new CfnManagedPolicy(this, 'Boundary', {
      managedPolicyName: names.policy.boundary(),
      description: 'The most that any role of this account can do',
      policyDocument: boundaryPolicy(account, [...new Set(here.flatMap(({ regions }) => regions))]),
    })
    for (const one of here) {
      new CfnManagedPolicy(this, `Execution-${one.part}`, {
        managedPolicyName: names.policy.execution(one.part),
        description: `What CloudFormation may do for the stacks of ${one.part}`,
        policyDocument: executionPolicy(one),
      })
    }
  }
}

/** CDK's declaration of the synthesizer and of the property that takes it differ under exactOptionalPropertyTypes. */
const withoutBootstrap = (): object => ({ synthesizer: new BootstraplessSynthesizer() })
