import type { ListTagsForResourceRequest, Tag, TagResourceRequest, UntagResourceRequest } from '@aws-sdk/client-ecs'
import type { EcsRecords } from '../records.ts'
import type { EcsContext } from './context.ts'

export function writeTags(records: EcsRecords, arn: string, tags: readonly Tag[] | undefined): void {
  if (!tags || tags.length === 0) return
  records.tags[arn] = {
    ...records.tags[arn],
    ...Object.fromEntries(tags.map(({ key = '', value = '' }) => [key, value])),
  }
}

export function readTags(records: EcsRecords, arn: string): Tag[] {
  return Object.entries(records.tags[arn] ?? {}).map(([key, value]) => ({ key, value }))
}

export function tagOperations(context: EcsContext) {
  const { records } = context
  return {
    TagResource({ resourceArn = '', tags }: TagResourceRequest) {
      writeTags(records, resourceArn, tags)
      context.changed()
      return {}
    },
    UntagResource({ resourceArn = '', tagKeys = [] }: UntagResourceRequest) {
      const kept = Object.entries(records.tags[resourceArn] ?? {}).filter(([key]) => !tagKeys.includes(key))
      records.tags[resourceArn] = Object.fromEntries(kept)
      context.changed()
      return {}
    },
    ListTagsForResource({ resourceArn = '' }: ListTagsForResourceRequest) {
      return { tags: readTags(records, resourceArn) }
    },
  }
}
