import {
  type CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  type DescribeChangeSetOutput,
  type Parameter,
} from '@aws-sdk/client-cloudformation'
import type { ChangeSet, ChangeSetChange, GoldenStack, Stacks, StackState } from '@sluice/core/stacks/stack'

/** CloudFormation by region. `roleArn` is the execution role that does the work, when a stack is deployed with one. */
export function cloudFormationStacks(
  clientOf: (region: string) => CloudFormationClient,
  roleArn: (stack: GoldenStack) => string | undefined,
): Stacks {
  const of = ({ region }: GoldenStack) => clientOf(region)
  return {
    read: (stack) => readStack(of(stack), stack.name),
    async prepare({ stack, changeSet, template, templateUrl, parameters, before }) {
      const declared = Object.keys((JSON.parse(template) as { Parameters?: object }).Parameters ?? {})
      const isNew = before == null || before.status === 'REVIEW_IN_PROGRESS'
      try {
        await of(stack).send(
          new CreateChangeSetCommand({
            StackName: stack.name,
            ChangeSetName: changeSet,
            ChangeSetType: isNew ? 'CREATE' : 'UPDATE',
            ...(templateUrl == null ? { TemplateBody: template } : { TemplateURL: templateUrl }),
            Capabilities: ['CAPABILITY_NAMED_IAM'],
            RoleARN: roleArn(stack),
            Parameters: declared.flatMap((name): Parameter[] => {
              if (!isNew && before.parameters.includes(name)) return [{ ParameterKey: name, UsePreviousValue: true }]
              const value = parameters[name]
              return value == null ? [] : [{ ParameterKey: name, ParameterValue: value }]
            }),
          }),
        )
      } catch (error) {
        // The same commit's change set of an earlier attempt, or of a call whose answer was lost.
        if (error instanceof Error && error.name === 'AlreadyExistsException') return
        throw error
      }
    },
    async describe(stack, ChangeSetName) {
      let view: ChangeSet | undefined
      let NextToken: string | undefined
      do {
        const page: DescribeChangeSetOutput = await of(stack).send(
          new DescribeChangeSetCommand({ StackName: stack.name, ChangeSetName, NextToken }),
        )
        view = { ...toChangeSet(page), changes: [...(view?.changes ?? []), ...toChanges(page)] }
        NextToken = page.NextToken
      } while (NextToken != null)
      return view
    },
    async execute(stack, ChangeSetName) {
      await of(stack).send(
        new ExecuteChangeSetCommand({ StackName: stack.name, ChangeSetName, ClientRequestToken: ChangeSetName }),
      )
    },
    async discard(stack, ChangeSetName) {
      await of(stack).send(new DeleteChangeSetCommand({ StackName: stack.name, ChangeSetName }))
    },
  }
}

/** A stack as it stands; `undefined` where there is none. An error of another kind is never taken for that. */
export async function readStack(client: CloudFormationClient, StackName: string): Promise<StackState | undefined> {
  try {
    const { Stacks: found } = await client.send(new DescribeStacksCommand({ StackName }))
    const [first] = found ?? []
    return (
      first && {
        status: first.StackStatus ?? '',
        reason: first.StackStatusReason ?? 'no reason given',
        parameters: (first.Parameters ?? []).map(({ ParameterKey = '' }) => ParameterKey),
      }
    )
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message)) {
      return undefined
    }
    throw error
  }
}

function toChangeSet({ Status, StatusReason = '' }: DescribeChangeSetOutput): Omit<ChangeSet, 'changes'> {
  const reason = StatusReason === '' ? (Status ?? 'no status') : StatusReason
  if (Status === 'CREATE_COMPLETE') return { status: 'ready', reason }
  if (Status === 'CREATE_PENDING' || Status === 'CREATE_IN_PROGRESS') return { status: 'pending', reason }
  // CloudFormation has no status of its own for "nothing to change": only these two sentences tell.
  const isEmpty = /didn't contain changes|No updates are to be performed/.test(StatusReason)
  return { status: isEmpty ? 'empty' : 'failed', reason }
}

function toChanges({ Changes = [] }: DescribeChangeSetOutput): ChangeSetChange[] {
  return Changes.flatMap(({ ResourceChange }) =>
    ResourceChange
      ? [
          {
            logicalId: ResourceChange.LogicalResourceId ?? '',
            type: ResourceChange.ResourceType ?? '',
            action: ResourceChange.Action ?? '',
            replacement: ResourceChange.Replacement ?? 'False',
          },
        ]
      : [],
  )
}
