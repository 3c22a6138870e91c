import type * as Sdk from '@aws-sdk/client-elastic-load-balancing-v2'

import type { Operation } from '../../endpoint/service.ts'
import type { LoadBalancingState } from '../state.ts'

export function tagOperations(state: LoadBalancingState): Readonly<Record<string, Operation>> {
  return {
    DescribeTags(input: Sdk.DescribeTagsCommandInput) {
      const TagDescriptions = (input.ResourceArns ?? []).map((ResourceArn) => ({
        ResourceArn,
        Tags: [...(state.tags.get(ResourceArn) ?? [])].map(([Key, Value]) => ({ Key, Value })),
      }))
      return { TagDescriptions }
    },
    AddTags(input: Sdk.AddTagsCommandInput) {
      for (const arn of input.ResourceArns ?? []) writeTags(state, arn, input.Tags)
      return {}
    },
    RemoveTags(input: Sdk.RemoveTagsCommandInput) {
      for (const arn of input.ResourceArns ?? []) {
        for (const key of input.TagKeys ?? []) state.tags.get(arn)?.delete(key)
      }
      return {}
    },
  }
}

/** Sets tags of a resource, beside those it has. */
export function writeTags(state: LoadBalancingState, arn: string, tags: readonly Sdk.Tag[] | undefined): void {
  const known = state.tags.get(arn) ?? new Map<string, string>()
  for (const { Key, Value } of tags ?? []) known.set(Key ?? '', Value ?? '')
  state.tags.set(arn, known)
}
