import { Fn } from 'aws-cdk-lib'
import type { CfnPlan } from 'aws-cdk-lib/aws-arcregionswitch'
import { CfnRecordSetGroup } from 'aws-cdk-lib/aws-route53'
import type { Construct } from 'constructs'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { namesOf, originHosts } from '../edge/entry.ts'
import { writesTtlSeconds } from '../edge/timing.ts'
import { regionsOf } from '../topology/regions.ts'

/** A pair of records that one Region switch plan turns: where writes go before and after it has moved them. */
export interface WriteLink {
  readonly name: string
  readonly primary: string
  readonly replica: string
  /** Where the name leads while the plan has the writers in the primary: the next link, or the primary itself. */
  readonly before: string
  /** Where it leads once the plan has moved them. */
  readonly after: string
}

/**
 * The name for writes, link by link: each plan has two regions, so each has a pair of records of its own, and all of them are asked in
 * turn. None where the environment has no names or no other region. A calculated health check over all plans would be one name
 * less, but ARC's health checks are not the account's own.
 */
export function writeLinks(state: EnvironmentState): WriteLink[] {
  const names = namesOf(state)
  if (!names) return []
  const hosts = originHosts(names)
  const { primary, replicas } = regionsOf(state)
  const nameOf = (replica: string) => (replica === replicas[0] ? hosts.writes : hosts.writesBeside(replica))
  return replicas.map((replica, index) => {
    const next = replicas[index + 1]
    return {
      name: nameOf(replica),
      primary,
      replica,
      before: next == null ? hosts.of(primary) : nameOf(next),
      after: hosts.of(replica),
    }
  })
}

/**
 * The pair of a link. One resource: Route 53 takes a failover pair in one change. Both name the plan's own health checks, so the plan
 * moves writes and a region's own opinion of its health does not: a replica that reads says that it is ready, and cannot write.
 */
export function addWriteLink(
  scope: Construct,
  hostedZoneId: string,
  { name, primary, replica, before, after }: WriteLink,
  plan: CfnPlan,
): CfnRecordSetGroup {
  const record = (failover: 'PRIMARY' | 'SECONDARY', region: string, target: string) => ({
    name,
    type: 'CNAME',
    ttl: String(writesTtlSeconds),
    resourceRecords: [target],
    failover,
    // ARC finds the region of a record by it.
    setIdentifier: region,
    healthCheckId: healthCheckOf(plan, region),
  })
  return new CfnRecordSetGroup(scope, `Writes-${replica}`, {
    hostedZoneId,
    comment: `Where ${name} leads, by the plan of ${replica}`,
    recordSets: [record('PRIMARY', primary, before), record('SECONDARY', replica, after)],
  })
}

/**
 * The health check that ARC made for a region of a plan. `PlanHealthChecks` is the one way to it in CloudFormation: a list of
 * `<zone>:<record>:<region>:<health check>` in an order that nobody promises (seen in deployed plans; AWS's reference has no description of
 * it). Found by its region, so that another order finds the same and another form fails the deployment in place of turning the wrong record.
 */
function healthCheckOf(plan: CfnPlan, region: string): string {
  const all = Fn.join(',', plan.attrPlanHealthChecks)
  return Fn.select(0, Fn.split(',', Fn.select(1, Fn.split(`:${region}:`, all))))
}
