import type {
  CreateChangeSetInput,
  DeleteChangeSetInput,
  DescribeChangeSetInput,
  ExecuteChangeSetInput,
  ListChangeSetsInput,
} from '@aws-sdk/client-cloudformation'
import { randomUUID } from 'node:crypto'
import { AwsError } from '../../endpoint/service.ts'
import { nothingToChange, type ChangeSetRecord } from '../change-set-record.ts'
import { computeChanges, type ResourceChange } from '../compute-changes.ts'
import { stackId } from '../stack-scope.ts'
import type { Template } from '../template.ts'
import { readTemplateUrl, type Objects } from '../template-url.ts'
import { invalid } from '../invalid.ts'
import { changeSetKey, nameOf, type CloudFormationContext } from './context.ts'

/** CloudFormation takes a template of this size with the call itself (API reference: TemplateBody). */
const largestTemplate = 51_200

export function changeSetOperations(context: CloudFormationContext) {
  const { account, region, stacks, changeSets, now, objects } = context

  const find = (stackName: string | undefined, changeSetName: string | undefined): ChangeSetRecord => {
    const byId = changeSets.entries().find(([, { id }]) => id === changeSetName)
    if (byId) return byId[1]
    const record = changeSets.get(changeSetKey(nameOf(stackName, 'StackName'), changeSetName ?? ''))
    if (!record) throw new AwsError('ChangeSetNotFound', `ChangeSet [${changeSetName ?? ''}] does not exist`, 404)
    return record
  }
  const isOf = ({ stack }: ChangeSetRecord, stackName: string | undefined) =>
    stackName == null || stack === nameOf(stackName, 'StackName')
  const show = ({ id, name, stack, status, reason, execution, createdAt }: ChangeSetRecord) => ({
    ChangeSetName: name,
    ChangeSetId: id,
    StackName: stack,
    StackId: stackId(stack, account, region),
    Status: status,
    StatusReason: reason,
    ExecutionStatus: execution,
    CreationTime: new Date(createdAt),
  })

  return {
    async CreateChangeSet(input: CreateChangeSetInput) {
      // First of all, so that nothing happens between the checks and what is written down.
      const text = await templateText(input, objects)
      const stack = nameOf(input.StackName, 'StackName')
      const name = nameOf(input.ChangeSetName, 'ChangeSetName')
      if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(stack)) throw invalid(`Stack name '${stack}' is not valid`)
      if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name)) throw invalid(`Change set name '${name}' is not valid`)
      const type = input.ChangeSetType ?? 'UPDATE'
      if (type !== 'CREATE' && type !== 'UPDATE') throw invalid(`sluice's local CloudFormation does not cover ${type}`)
      if (changeSets.get(changeSetKey(stack, name))) {
        throw new AwsError('AlreadyExistsException', `ChangeSet [${name}] already exists`)
      }
      const before = stacks.get(stack)
      const isThere = before != null && before.status !== 'REVIEW_IN_PROGRESS'
      if (type === 'UPDATE' && !isThere) throw invalid(`Stack [${stack}] does not exist`)
      if (type === 'CREATE' && isThere) {
        throw invalid(`Stack [${stack}] already exists and cannot be created again with the changeSet [${name}].`)
      }
      if (before?.status?.endsWith('_IN_PROGRESS') && isThere) {
        throw invalid(`Stack:${stackId(stack, account, region)} is in ${before.status} state and can not be updated.`)
      }
      const template = readTemplate(text, before?.template)
      const parameters = readParameters(input, template, before?.parameters ?? {})
      const planned = plan(() => computeChanges(before, { name: stack, template, parameters }, context))
      const record: ChangeSetRecord = {
        id: `arn:aws:cloudformation:${region}:${account}:changeSet/${name}/${randomUUID()}`,
        name,
        stack,
        type,
        template,
        parameters,
        ...planned,
        createdAt: now().toISOString(),
      }
      changeSets.set(changeSetKey(stack, name), record)
      if (!before) stacks.set(stack, { resources: {}, exports: {}, status: 'REVIEW_IN_PROGRESS' })
      return { Id: record.id, StackId: stackId(stack, account, region) }
    },
    DescribeChangeSet({ StackName, ChangeSetName }: DescribeChangeSetInput) {
      const record = find(StackName, ChangeSetName)
      return { ...show(record), Parameters: showParameters(record.parameters), Changes: record.changes.map(showChange) }
    },
    ListChangeSets({ StackName }: ListChangeSetsInput) {
      const stack = nameOf(StackName, 'StackName')
      return { Summaries: changeSets.entries().flatMap(([, one]) => (one.stack === stack ? [show(one)] : [])) }
    },
    ExecuteChangeSet({ StackName, ChangeSetName, ClientRequestToken: token }: ExecuteChangeSetInput) {
      // The same call again, because its answer was lost.
      const repeated = changeSets
        .entries()
        .some(([, one]) => token != null && one.token === token && isOf(one, StackName))
      if (repeated) return {}
      const record = find(StackName, ChangeSetName)
      if (record.execution !== 'AVAILABLE') {
        const message = `ChangeSet [${record.id}] cannot be executed in its current status of [${record.status === 'FAILED' ? 'FAILED' : record.execution}]`
        throw new AwsError('InvalidChangeSetStatus', message)
      }
      const status = stacks.get(record.stack)?.status ?? ''
      if (status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS') {
        throw invalid(`Stack [${record.stack}] is in ${status} state and can not be updated.`)
      }
      // Whatever else was prepared was computed against what is about to change.
      for (const [key, { stack, id }] of changeSets.entries()) {
        if (stack === record.stack && id !== record.id && key !== id) changeSets.delete(key)
      }
      const executing: ChangeSetRecord = {
        ...record,
        execution: 'EXECUTE_IN_PROGRESS',
        ...(token == null ? {} : { token }),
      }
      changeSets.set(changeSetKey(record.stack, record.name), executing)
      context.execute(executing)
      return {}
    },
    DeleteChangeSet({ StackName, ChangeSetName }: DeleteChangeSetInput) {
      const record = changeSets.get(
        changeSetKey(nameOf(StackName, 'StackName'), nameOf(ChangeSetName, 'ChangeSetName')),
      )
      if (record?.execution === 'EXECUTE_IN_PROGRESS') {
        throw new AwsError('InvalidChangeSetStatus', `ChangeSet [${record.id}] is being executed`)
      }
      if (record) changeSets.delete(changeSetKey(record.stack, record.name))
      return {}
    },
  }
}

function plan(changesOf: () => ResourceChange[]): Pick<ChangeSetRecord, 'changes' | 'status' | 'reason' | 'execution'> {
  const failed = (reason: string) => ({ changes: [], status: 'FAILED', reason, execution: 'UNAVAILABLE' }) as const
  try {
    const changes = changesOf()
    if (changes.length === 0) return failed(nothingToChange)
    return { changes, status: 'CREATE_COMPLETE', execution: 'AVAILABLE' }
  } catch (error) {
    return failed((error as Error).message)
  }
}

/** The text of the template that a call brings or names; none for the one that the stack has. */
async function templateText(input: CreateChangeSetInput, objects: Objects): Promise<string | undefined> {
  const { TemplateBody: body, TemplateURL: url, UsePreviousTemplate: previous } = input
  if (String(previous) === 'true') return undefined
  if ((body == null) === (url == null)) throw invalid('Either Template URL or Template Body must be specified.')
  if (url != null) return readTemplateUrl(objects, url)
  if (Buffer.byteLength(body ?? '') > largestTemplate) {
    throw invalid(
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${largestTemplate}`,
    )
  }
  return body
}

function readTemplate(body: string | undefined, before: Template | undefined): Template {
  if (body == null) {
    if (!before) throw invalid('No previous template to use')
    return before
  }
  try {
    const template = JSON.parse(body) as Partial<Template>
    if (template.Resources != null) return { ...template, Resources: template.Resources }
  } catch (error) {
    throw invalid(`Template format error: expected JSON. ${(error as Error).message}`)
  }
  throw invalid('Template format error: At least one Resources member must be defined.')
}

function readParameters(
  { Parameters = [] }: CreateChangeSetInput,
  { Parameters: declared = {} }: Template,
  before: Readonly<Record<string, string>>,
): Record<string, string> {
  const values: Record<string, string> = {}
  for (const { ParameterKey: key = '', ParameterValue: value, UsePreviousValue: previous } of Parameters) {
    if (!(key in declared)) throw invalid(`Parameters: [${key}] do not exist in the template`)
    if (String(previous) === 'true') {
      const known = before[key] ?? declared[key]?.Default
      if (known == null)
        throw invalid(`Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true`)
      values[key] = String(known)
    } else if (value != null) values[key] = value
  }
  const missing = Object.entries(declared).filter(([key, { Default }]) => values[key] == null && Default == null)
  if (missing.length > 0) throw invalid(`Parameters: [${missing.map(([key]) => key).join(', ')}] must have values`)
  return values
}

/** Parameters as Describe calls show them. */
export const showParameters = (parameters: Readonly<Record<string, string>>) =>
  Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }))

const showChange = ({ action, logicalId, physicalId, type, replacement, properties }: ResourceChange) => ({
  Type: 'Resource',
  ResourceChange: {
    Action: action,
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    Replacement: replacement,
    Scope: properties.length > 0 ? ['Properties'] : [],
    Details: properties.map((Name) => ({
      Target: { Attribute: 'Properties', Name, RequiresRecreation: replacement === 'True' ? 'Conditionally' : 'Never' },
      Evaluation: 'Static',
      ChangeSource: 'DirectModification',
    })),
  },
})
