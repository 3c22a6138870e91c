import { Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { allow, type Statement } from '../identity/policy.ts'
import { secretArn } from '@sluice/core/rollout/task-definition'

/** What the execution role reads to start a task: the secrets that `<service>.yaml` and the skeleton name, each in its own store. */
export function secretStatements(
  scope: Construct,
  environment: string,
  secrets: Readonly<Record<string, string>>,
): Statement[] {
  const place = Stack.of(scope)
  const arns = [...new Set(Object.values(secrets))].sort()
  const parameters = arns.filter((secret) => secret.startsWith('/'))
  const others = arns.filter((secret) => !secret.startsWith('/'))
  return [
    // Six characters that Secrets Manager puts behind the name.
    ...(others.length > 0
      ? [
          allow(
            ['secretsmanager:GetSecretValue'],
            others.map((secret) => `${secretArn(place, environment, secret)}-??????`),
          ),
        ]
      : []),
    ...(parameters.length > 0
      ? [
          allow(
            ['ssm:GetParameters'],
            parameters.map((secret) => secretArn(place, environment, secret)),
          ),
        ]
      : []),
  ]
}
