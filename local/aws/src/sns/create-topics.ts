import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { AwsError, type AwsService } from '../endpoint/service.ts'
import { openStateStore } from '../state-store.ts'

interface TopicRecord {
  readonly name: string
  readonly subscriptions: readonly { readonly arn: string; readonly protocol: string; readonly endpoint: string }[]
}

/** SNS: topics, and delivery to http subscribers. Other protocols are kept and not delivered. */
export interface Topics {
  readonly service: AwsService
  create(name: string): string
  publish(topicArn: string, message: string, subject?: string): void
}

export function createTopics(options: {
  account: string
  region: string
  stateFolder: string
  now: () => Date
}): Topics {
  const { account, region, now } = options
  const store = openStateStore<TopicRecord>(join(options.stateFolder, 'sns.json'))
  const create = (name: string) => {
    const arn = `arn:aws:sns:${region}:${account}:${name}`
    if (!store.get(arn)) store.set(arn, { name, subscriptions: [] })
    return arn
  }
  const find = (arn: string) => {
    const topic = store.get(arn)
    if (!topic) throw new AwsError('NotFound', 'Topic does not exist', 404)
    return topic
  }
  const publish: Topics['publish'] = (arn, message, subject) => {
    for (const { protocol, endpoint } of store.get(arn)?.subscriptions ?? []) {
      if (protocol !== 'http') continue
      const body = JSON.stringify({
        Type: 'Notification',
        MessageId: randomUUID(),
        TopicArn: arn,
        Subject: subject,
        Message: message,
        Timestamp: now().toISOString(),
      })
      // A subscriber that is away misses the message, as after SNS's own retries.
      void fetch(endpoint, { method: 'POST', headers: { 'x-amz-sns-message-type': 'Notification' }, body }).catch(
        () => undefined,
      )
    }
  }
  return {
    create,
    publish,
    service: {
      protocol: 'query',
      version: '2010-03-31',
      xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
      operations: {
        CreateTopic: ({ Name }: { Name: string }) => ({ TopicArn: create(Name) }),
        ListTopics: () => ({ Topics: store.entries().map(([TopicArn]) => ({ TopicArn })) }),
        GetTopicAttributes: ({ TopicArn }: { TopicArn: string }) => {
          find(TopicArn)
          return { Attributes: { entry: [{ key: 'TopicArn', value: TopicArn }] } }
        },
        Publish: (input: { TopicArn: string; Message: string; Subject?: string }) => {
          find(input.TopicArn)
          publish(input.TopicArn, input.Message, input.Subject)
          return { MessageId: randomUUID() }
        },
        Subscribe: (input: { TopicArn: string; Protocol: string; Endpoint: string }) => {
          const topic = find(input.TopicArn)
          const arn = `${input.TopicArn}:${randomUUID()}`
          const added = { arn, protocol: input.Protocol, endpoint: input.Endpoint }
          store.set(input.TopicArn, { ...topic, subscriptions: [...topic.subscriptions, added] })
          return { SubscriptionArn: arn }
        },
      },
    },
  }
}
