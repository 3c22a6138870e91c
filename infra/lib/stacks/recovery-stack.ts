import { Stack, type StackProps } from 'aws-cdk-lib'
import { CfnPlan } from 'aws-cdk-lib/aws-arcregionswitch'
import { CfnRole } from 'aws-cdk-lib/aws-iam'
import type { CfnRecordSetGroup } from 'aws-cdk-lib/aws-route53'
import type { Construct } from 'constructs'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'
import { hasDistribution, namesOf, serviceHost } from '../edge/entry.ts'
import { addName } from '../edge/records.ts'
import { policyDocument } from '../identity/policy.ts'
import { executionStatements } from '../recovery/permissions.ts'
import { regionSwitchPlan } from '../recovery/region-switch.ts'
import { addWriteLink, writeLinks } from '../recovery/write-names.ts'
import { regionsOf } from '../topology/regions.ts'

/**
 * The way of an environment to another region: one ARC Region switch plan for each of them, and the name for writes, which the plans
 * turn. A plan is run in the region that takes over, without anything of the one that is lost; this stack only writes it down.
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
    const plans = new Map(
      regionsOf(state).replicas.map((replica, index) => {
        const plan = new CfnPlan(this, `Plan${index}`, regionSwitchPlan(state, replica))
        plan.addResourceDependency(role)
        return [replica, plan] as const
      }),
    )
    this.#nameWrites(state, plans)
  }

  #nameWrites(state: EnvironmentState, plans: ReadonlyMap<string, CfnPlan>): void {
    const found = namesOf(state)
    if (!found) return
    const { hostedZoneId } = found
    let next: CfnRecordSetGroup | undefined
    // From the end: a name is there before another one leads to it.
    for (const link of writeLinks(state).toReversed()) {
      const plan = plans.get(link.replica)
      if (!plan) throw new Error(`there is no plan of ${link.replica}`)
      const records = addWriteLink(this, hostedZoneId, link, plan)
      if (next) records.addResourceDependency(next)
      next = records
    }
    if (hasDistribution(state)) return
    // Without CloudFront nobody tells reads from writes: every request goes where writes go.
    for (const service of found.services) {
      const [first] = writeLinks(state)
      if (first) addName(this, `Public-${service}`, found, serviceHost(found, service), first.name)
    }
  }
}
