import type { Reserved } from './least-privilege.ts'

/** Roles that no delivery takes: which job does. */
export const takenElsewhere: Readonly<Record<string, string>> = {
  drift: 'drift.yml takes it, on a schedule',
  infra: 'infra.yml takes it',
  recovery: 'dr-drill.yml takes it, after people have agreed',
}

/** What a delivery that goes well does not call. */
export const forFailures: Reserved = {
  deploy: {
    'cloudwatch:DescribeAlarms': 'the pre-flight of services that name alarms in rollout.alarms',
    'logs:GetLogEvents': 'the last lines of migrations that failed',
  },
  plan: {
    'ecr:StartImageScan': 'an image that was pushed before the registry scanned on push',
  },
  rollout: {
    'ecs:DescribeServices': "the diagnosis reads the service's events",
    'ecs:StopServiceDeployment': 'a verdict that comes while no pause waits for an answer',
    'elasticloadbalancing:DescribeTargetGroups': 'revisions whose configuration names no listener rule',
    'elasticloadbalancing:DescribeTargetHealth': 'the diagnosis reads what the probes said',
    'logs:GetLogEvents': 'the diagnosis shows the last lines of a task that crashed',
  },
}

/** What tasks do not call in a delivery: it stores one artifact, and nobody takes anything away. */
export const forTasks: Reserved = {
  task: {
    'dynamodb:PutItem': 'the first migration fills the table: here that is done before there are tasks',
    'dynamodb:UpdateItem': 'a slot that is moved to another shard',
    's3:DeleteObject': 'artifacts that no version names any more are swept once an hour',
    'secretsmanager:GetSecretValue': 'the password of a database: the one of this machine has it in its URL',
  },
}

/** What a roll back does not call when the judge has answered ROLLBACK already: the way back of a rollout that has landed. */
export const forLandedRollouts: Reserved = {
  'roll-back': {
    'ecs:DescribeServiceRevisions': 'the revision that the landed one replaced',
    'ecs:ListServiceDeployments': 'the service deployment of the way back',
    'ecs:StopServiceDeployment': 'a rollout that is still in progress, as after a runner died',
    'ecs:UpdateService': 'the update back to the revision before',
  },
}
