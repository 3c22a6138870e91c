import { CfnLogGroup } from 'aws-cdk-lib/aws-logs'
import { CfnRole } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { Stack } from 'aws-cdk-lib'
import type { DesiredState, EnvironmentState } from '@sluice/core/environment/read'
import { names, roleArn } from '@sluice/core/names'
import { dataAccess } from '../data/access.ts'
import { databaseSecret } from '../data/database-urls.ts'
import { pullStatements } from '../identity/image-access.ts'
import { loadBalancingRoleName, serviceRoleNames } from '../identity/service-roles.ts'

const assumedBy = (service: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }],
})

/** Log groups, the roles of tasks, and the role with which ECS moves traffic. */
export function addRoles(
  scope: Construct,
  state: DesiredState,
  environment: EnvironmentState,
): { readonly loadBalancingRoleArn: string } {
  const { account, region, partition } = Stack.of(scope)
  for (const [service, { task }] of Object.entries(environment.services)) {
    const logGroup = names.logGroup(environment.name, service)
    new CfnLogGroup(scope, `Logs-${service}`, {
      logGroupName: logGroup,
      retentionInDays: environment.name === 'prod' ? 365 : 30,
    })
    const roles = serviceRoleNames(environment, service, region)
    const secrets = Object.values(task.secrets).map(
      (secret) =>
        `arn:${partition}:secretsmanager:${region}:${account}:secret:${names.secret(environment.name, secret)}*`,
    )
    new CfnRole(scope, `Execution-${service}`, {
      roleName: roles.execution,
      assumeRolePolicyDocument: assumedBy('ecs-tasks.amazonaws.com'),
      policies: [
        {
          policyName: 'start',
          policyDocument: {
            Version: '2012-10-17',
            Statement: [
              ...pullStatements(state, service, region),
              {
                Effect: 'Allow',
                Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
                Resource: `arn:${partition}:logs:${region}:${account}:log-group:${logGroup}:*`,
              },
              ...(secrets.length > 0
                ? [{ Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: secrets }]
                : []),
            ],
          },
        },
      ],
    })
    new CfnRole(scope, `Task-${service}`, {
      roleName: roles.task,
      assumeRolePolicyDocument: assumedBy('ecs-tasks.amazonaws.com'),
      ...(Object.values(task.secrets).includes(databaseSecret)
        ? {
            policies: [
              {
                policyName: 'data',
                policyDocument: { Version: '2012-10-17', Statement: dataAccess(scope, environment.name) },
              },
            ],
          }
        : {}),
    })
  }
  const loadBalancing = loadBalancingRoleName(environment, region)
  new CfnRole(scope, 'LoadBalancing', {
    roleName: loadBalancing,
    assumeRolePolicyDocument: assumedBy('ecs.amazonaws.com'),
    managedPolicyArns: [`arn:${partition}:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers`],
  })
  return { loadBalancingRoleArn: roleArn(environment.environment.account, loadBalancing) }
}
