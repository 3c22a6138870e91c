import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Grant } from '../../../infra/test/identity/evaluate.ts'
import type { RecordedCall, Role } from './least-privilege.ts'

interface Template {
  readonly Resources: Readonly<
    Record<
      string,
      {
        readonly Type: string
        readonly Properties: {
          readonly RoleName?: string
          readonly Policies?: readonly { readonly PolicyDocument: { readonly Statement: readonly Grant[] } }[]
        }
      }
    >
  >
}

/** The roles that a delivery was provisioned with, from the templates in its state folder. */
export function rolesOfDelivery(checkout: string): Role[] {
  const folder = join(checkout, '.sluice/state/templates')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('-identity.template.json'),
  )
  return files.flatMap((file) => {
    const environment = file.split('/')[0] ?? ''
    const { Resources } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Template
    return Object.values(Resources)
      .filter(({ Type }) => Type === 'AWS::IAM::Role')
      .map(({ Properties: { RoleName = '', Policies = [] } }) => ({
        name: RoleName,
        kind: RoleName.replace(/^sluice-/, '').replace(new RegExp(`-${environment}$`), ''),
        statements: Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
      }))
  })
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
