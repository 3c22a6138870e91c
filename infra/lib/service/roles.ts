import { CfnLogGroup } from 'aws-cdk-lib/aws-logs'
import { CfnRole } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { Fn, Stack } from 'aws-cdk-lib'
import type { DesiredState, EnvironmentState } from '@sluice/core/environment/read'
import { names, roleArn } from '@sluice/core/names'
import { dataAccess } from '../data/access.ts'
import { pullStatements } from '../identity/image-access.ts'
import { allow, policyDocument } from '../identity/policy.ts'
import { loadBalancingRoleName, serviceRoleNames } from '../identity/service-roles.ts'
import { networkExports } from '../network/exports.ts'
import { collectorStatements } from '../observability/collector.ts'
import { isProtected } from '../topology/protection.ts'
import { surroundings, usesData } from './surroundings.ts'
import { secretStatements } from './task-access.ts'

/** Tasks of this account alone (ECS: "confused deputy"). */
const assumedByTasks = (account: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'ecs-tasks.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': account } },
    },
  ],
})

/** Log groups, the roles of tasks, and the role with which ECS moves traffic. */
export function addRoles(
  scope: Construct,
  state: DesiredState,
  environment: EnvironmentState,
): { readonly loadBalancingRoleArn: string } {
  const { account, region, partition } = Stack.of(scope)
  for (const [service, desired] of Object.entries(environment.services)) {
    const { secrets = {} } = surroundings(scope, environment, service, desired)
    const logGroup = names.logGroup(environment.name, service)
    new CfnLogGroup(scope, `Logs-${service}`, {
      logGroupName: logGroup,
      retentionInDays: isProtected(environment) ? 365 : 30,
      kmsKeyId: Fn.importValue(networkExports(environment.name).logsKeyArn),
    })
    const roles = serviceRoleNames(environment, service, region)
    new CfnRole(scope, `Execution-${service}`, {
      roleName: roles.execution,
      assumeRolePolicyDocument: assumedByTasks(account),
      policies: [
        {
          policyName: 'start',
          policyDocument: policyDocument([
            ...pullStatements(state, service, region),
            allow(
              ['logs:CreateLogStream', 'logs:PutLogEvents'],
              `arn:${partition}:logs:${region}:${account}:log-group:${logGroup}:*`,
            ),
            ...secretStatements(scope, environment.name, { ...desired.task.secrets, ...secrets }),
          ]),
        },
      ],
    })
    const statements = [
      ...(usesData(desired) ? dataAccess(scope, environment.name, service) : []),
      ...collectorStatements(environment),
    ]
    new CfnRole(scope, `Task-${service}`, {
      roleName: roles.task,
      assumeRolePolicyDocument: assumedByTasks(account),
      ...(statements.length > 0
        ? { policies: [{ policyName: 'run', policyDocument: { Version: '2012-10-17', Statement: statements } }] }
        : {}),
    })
  }
  const loadBalancing = loadBalancingRoleName(environment, region)
  new CfnRole(scope, 'LoadBalancing', {
    roleName: loadBalancing,
    assumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ecs.amazonaws.com' } }],
    },
    managedPolicyArns: [`arn:${partition}:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers`],
  })
  return { loadBalancingRoleArn: roleArn(environment.environment.account, loadBalancing) }
}
