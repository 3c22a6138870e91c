import type { DesiredState } from '@sluice/core/environment/read'
import type { PolicyDocument } from '../../lib/identity/policy.ts'
import { templatesOf } from '../templates.ts'

export interface Resource {
  readonly Type: string
  readonly Properties: Readonly<Record<string, unknown>>
  readonly DeletionPolicy?: string
}

export interface TemplateResource extends Resource {
  readonly file: string
  readonly id: string
}

/** Every resource of every template. */
export function synthesized(state: DesiredState): TemplateResource[] {
  return [...templatesOf(state)].flatMap(([file, template]) =>
    Object.entries((template as { Resources: Record<string, Resource> }).Resources).map(([id, resource]) => ({
      file,
      id,
      ...resource,
    })),
  )
}

/** A role of a template, with its policies. */
export interface SynthesizedRole {
  readonly file: string
  readonly name: string
  readonly trust: PolicyDocument
  readonly boundary: unknown
  readonly managed: readonly string[]
  readonly statements: PolicyDocument['Statement']
}

export function rolesOf(resources: readonly TemplateResource[]): SynthesizedRole[] {
  return resources
    .filter(({ Type }) => Type === 'AWS::IAM::Role')
    .map(({ file, id, Properties }) => ({
      file,
      name: (Properties['RoleName'] as string | undefined) ?? id,
      trust: Properties['AssumeRolePolicyDocument'] as PolicyDocument,
      boundary: Properties['PermissionsBoundary'],
      managed: (Properties['ManagedPolicyArns'] as string[] | undefined) ?? [],
      statements: ((Properties['Policies'] as { PolicyDocument: PolicyDocument }[] | undefined) ?? []).flatMap(
        ({ PolicyDocument }) => PolicyDocument.Statement,
      ),
    }))
}
