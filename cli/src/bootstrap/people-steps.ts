import type { EnvironmentState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'
import type { BootstrapStep } from './bootstrap-step.ts'

/** Who is told by alarms and budgets: a topic without a confirmed subscription tells nobody. */
export function peopleSteps({ name, environment: { account, regions } }: EnvironmentState): BootstrapStep[] {
  return regions.map((region) => {
    const topic = `arn:aws:sns:${region}:${account}:${names.topic(name)}`
    const args = ['sns', 'list-subscriptions-by-topic', '--region', region, '--topic-arn', topic]
    return {
      title: `${name} ${region}: somebody is told by ${names.topic(name)}`,
      why: 'alarms, budgets and rollouts that ring reach this topic; whom it tells is yours to say',
      commands: [
        `aws sns subscribe --region ${region} --topic-arn ${topic} --protocol email --notification-endpoint PEOPLE@EXAMPLE.COM`,
      ],
      // One that waits for its confirmation has no ARN yet.
      check: {
        command: ['aws', ...args, '--query', 'Subscriptions[].SubscriptionArn', '--output', 'text'],
        account,
        contains: `${topic}:`,
      },
    }
  })
}
