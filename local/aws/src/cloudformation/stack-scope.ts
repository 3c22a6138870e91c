import { createHash } from 'node:crypto'
import type { StateStore } from '../state-store.ts'
import type { Scope } from './intrinsics.ts'
import type { CreatedResource, ResourceTypes } from './resource-type.ts'
import { parameterValues, type Template } from './template.ts'
import type { StackRecord } from './stack-record.ts'

/** Where stacks are made, and with what. */
export interface StackPlace {
  readonly account: string
  readonly region: string
  readonly types: ResourceTypes
  readonly stacks: StateStore<StackRecord>
}

/** What the intrinsic functions of a stack's template are resolved against; `find` gives a resource that was made. */
export function stackScope(
  { account, region, types, stacks }: StackPlace,
  stack: { readonly name: string; readonly template: Template; readonly parameters: Readonly<Record<string, string>> },
  find: (logicalId: string) => CreatedResource & { readonly type: string },
): Scope {
  const { name, template, parameters } = stack
  return {
    parameters: parameterValues(template, parameters, name),
    mappings: template.Mappings ?? {},
    conditions: template.Conditions ?? {},
    pseudo: {
      'AWS::AccountId': account,
      'AWS::Region': region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': name,
      'AWS::StackId': stackId(name, account, region),
      'AWS::NotificationARNs': [],
    },
    ref: (logicalId) => find(logicalId).ref,
    getAtt: (logicalId, attribute) => {
      const { attributes, type } = find(logicalId)
      if (attributes[attribute] != null) return attributes[attribute]
      // A type that is only taken note of has attributes that follow from its name, so that templates stay resolvable.
      if (!types[type])
        return attribute.endsWith('Arn')
          ? `arn:aws:local:${region}:${account}:${name}/${logicalId}`
          : `${name}-${logicalId}-${attribute}`
      throw new Error(`${type} has no attribute ${attribute} in sluice's local CloudFormation`)
    },
    importValue: (exported) => {
      for (const [, { exports }] of stacks.entries()) if (exported in exports) return exports[exported]
      throw new Error(`no stack exports ${exported}`)
    },
  }
}

export const stackId = (name: string, account: string, region: string): string =>
  `arn:aws:cloudformation:${region}:${account}:stack/${name}/${physicalId(name, '')}`

/** Ids such as CloudFormation makes them, but the same every time. */
export function physicalId(stack: string, logicalId: string): string {
  return `${stack}-${logicalId}-${createHash('sha256').update(`${stack}/${logicalId}`).digest('hex').slice(0, 12)}`
}
