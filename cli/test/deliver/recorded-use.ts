import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { names } from '@sluice/core/names'
import type { Grant } from '../../../infra/test/identity/evaluate.ts'
import type { RecordedCall, Role } from './least-privilege.ts'

type RawGrant = Omit<Grant, 'Resource'> & { readonly Resource: unknown }

interface Template {
  readonly Resources: Readonly<
    Record<
      string,
      {
        readonly Type: string
        readonly Properties: {
          readonly RoleName?: string
          readonly Policies?: readonly { readonly PolicyDocument: { readonly Statement: readonly RawGrant[] } }[]
        }
      }
    >
  >
}

/** The roles that jobs take in a delivery, from the templates in its state folder. */
export function rolesOfDelivery(checkout: string): Role[] {
  return rolesIn(checkout, 'identity').map(({ name, environment, statements }) => ({
    name,
    kind: name.replace(/^sluice-/, '').replace(new RegExp(`-${environment}$`), ''),
    statements,
  }))
}

/** The roles that the tasks of a delivery have: kind `task`. Tasks alone call AWS as their service's own. */
export function taskRolesOfDelivery(checkout: string): Role[] {
  return rolesIn(checkout, 'service')
    .filter(({ name }) => name.endsWith('-task'))
    .map(({ name, statements }) => ({ name, kind: 'task', statements }))
}

function rolesIn(checkout: string, part: string) {
  const folder = join(checkout, '.sluice/state/templates')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith(`-${part}.template.json`),
  )
  return files.flatMap((file) => {
    const environment = file.split('/')[0] ?? ''
    const { Resources } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Template
    return Object.values(Resources)
      .filter(({ Type }) => Type === 'AWS::IAM::Role')
      .map(({ Properties: { RoleName = '', Policies = [] } }) => ({
        name: RoleName,
        environment,
        statements: Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement).map((grant): Grant => ({
          ...grant,
          Action: [grant.Action].flat(),
          Resource: [grant.Resource].flat().map(arnOf),
        })),
      }))
  })
}

/** An ARN of a template: what is joined in it is the partition. */
function arnOf(value: unknown): string {
  if (typeof value === 'string') return value
  const parts = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join']?.[1] ?? []
  return parts.map((part) => (typeof part === 'string' ? part : 'aws')).join('')
}

/** The calls that a delivery recorded. */
export function callsOfDelivery(checkout: string): RecordedCall[] {
  const text = readFileSync(join(checkout, '.sluice/latest/aws-calls.jsonl'), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RecordedCall)
    .filter(({ principal }) => principal != null)
}

/** Every line that tasks of a service have logged in an environment, as far as it is JSON. */
export function logLinesOfDelivery(checkout: string, environment: string, service: string): Record<string, unknown>[] {
  const group = encodeURIComponent(names.logGroup(environment, service))
  const folder = join(checkout, '.sluice/state/aws/logs', group)
  return readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { message: string }).message)
      .filter((message) => message.startsWith('{'))
      .map((message) => JSON.parse(message) as Record<string, unknown>),
  )
}
