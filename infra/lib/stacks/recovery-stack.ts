import { Stack, type StackProps } from 'aws-cdk-lib'
import { CfnPlan } from 'aws-cdk-lib/aws-arcregionswitch'
import { CfnRole } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'
import { policyDocument } from '../identity/policy.ts'
import { executionStatements } from '../recovery/permissions.ts'
import { regionSwitchPlan } from '../recovery/region-switch.ts'
import { regionsOf } from '../topology/regions.ts'

/**
 * The way of an environment to another region: one ARC Region switch plan for each of them. A plan is run in the region that takes
 * over, without anything of the one that is lost; this stack only writes it down.
 */
export class RecoveryStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps, state: EnvironmentState) {
    super(scope, id, props)
    const role = new CfnRole(this, 'Execution', {
      roleName: names.role.regionSwitch(state.name),
      description: `Moves ${state.name} to another region, when people start a plan`,
      assumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'arc-region-switch.amazonaws.com' },
          },
        ],
      },
      policies: [{ policyName: 'sluice', policyDocument: policyDocument(executionStatements(state)) }],
    })
    for (const [index, replica] of regionsOf(state).replicas.entries()) {
      const plan = new CfnPlan(this, `Plan${index}`, regionSwitchPlan(state, replica))
      plan.addResourceDependency(role)
    }
  }
}
