import type {
  DescribeStackResourcesInput,
  DescribeStacksInput,
  GetTemplateInput,
  ListStacksInput,
} from '@aws-sdk/client-cloudformation'
import type { StackRecord } from '../stack-record.ts'
import { stackId } from '../stack-scope.ts'
import { showParameters } from './change-sets.ts'
import { findStack, nameOf, type CloudFormationContext } from './context.ts'

export function stackOperations(context: CloudFormationContext) {
  const { account, region, stacks, now } = context
  const id = (name: string) => stackId(name, account, region)

  const show = (name: string, record: StackRecord) => ({
    StackId: id(name),
    StackName: name,
    Description: record.template?.Description,
    Parameters: showParameters(allParameters(record)),
    CreationTime: new Date(record.createdAt ?? now()),
    LastUpdatedTime: record.updatedAt == null ? undefined : new Date(record.updatedAt),
    StackStatus: record.status ?? 'CREATE_COMPLETE',
    StackStatusReason: record.reason === '' ? undefined : record.reason,
    DisableRollback: false,
    Outputs: Object.entries(record.outputs ?? {}).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
    Tags: [],
  })

  return {
    DescribeStacks({ StackName }: DescribeStacksInput) {
      if (StackName == null) return { Stacks: stacks.entries().map(([name, record]) => show(name, record)) }
      const name = nameOf(StackName, 'StackName')
      return { Stacks: [show(name, findStack(context, name))] }
    },
    ListStacks({ StackStatusFilter: wanted }: ListStacksInput) {
      const all = stacks.entries().map(([name, record]) => show(name, record))
      return { StackSummaries: all.filter(({ StackStatus }) => wanted?.includes(StackStatus as never) ?? true) }
    },
    DescribeStackResources({ StackName, LogicalResourceId }: DescribeStackResourcesInput) {
      const name = nameOf(StackName, 'StackName')
      const { resources, updatedAt, createdAt } = findStack(context, name)
      return {
        StackResources: Object.entries(resources)
          .filter(([logicalId]) => LogicalResourceId == null || logicalId === LogicalResourceId)
          .map(([logicalId, { ref, type }]) => ({
            StackId: id(name),
            StackName: name,
            LogicalResourceId: logicalId,
            PhysicalResourceId: ref,
            ResourceType: type,
            ResourceStatus: 'CREATE_COMPLETE',
            Timestamp: new Date(updatedAt ?? createdAt ?? now()),
          })),
      }
    },
    GetTemplate({ StackName }: GetTemplateInput) {
      const { template } = findStack(context, nameOf(StackName, 'StackName'))
      return { TemplateBody: JSON.stringify(template ?? {}), StagesAvailable: ['Original', 'Processed'] }
    },
  }
}

/** What was given, and the defaults of the rest. */
function allParameters({ template, parameters = {} }: StackRecord): Record<string, string> {
  const declared = Object.entries(template?.Parameters ?? {})
  const defaults = declared.flatMap(([key, { Default }]) => (Default == null ? [] : [[key, String(Default)]]))
  return { ...(Object.fromEntries(defaults) as Record<string, string>), ...parameters }
}
