import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { desiredState } from '../desired-state.ts'
import { rolesOf, synthesized, type SynthesizedRole } from './templates.ts'

const text = readFileSync(join(import.meta.dirname, '../../../docs/identity.md'), 'utf8')
const quoted = (values: readonly string[]) => values.map((value) => `\`${value}\``).join(', ')

function rowOf({ name, trust, statements }: SynthesizedRole): string {
  const wanted = trust.Statement[0]?.Condition?.['StringEquals'] ?? {}
  const of = (claim: string) => [wanted[`token.actions.githubusercontent.com:${claim}`] ?? []].flat()
  const workflows = of('job_workflow_ref').map((ref) => /workflows\/(.+)@/.exec(ref)?.[1] ?? '')
  const changes = statements
    .flatMap(({ Action }) => Action)
    .filter((action) => !/:(BatchCheck|BatchDescribe|BatchGet|Describe|Detect|Get|List)/.test(action))
  const environment = of('environment').map((one) => one.replace(/^dev/, '<env>'))
  const cells = [
    quoted([name.replace(/-dev$/, '-<env>')]),
    environment.length > 0 ? quoted(environment) : 'none: main',
    quoted(workflows),
    quoted([...new Set(changes)].sort()) || 'nothing',
  ]
  return `| ${cells.join(' | ')} |`
}

it('docs/identity.md says what the templates say of every role', () => {
  const roles = rolesOf(synthesized(desiredState())).filter(
    ({ name }) => name === 'sluice-build' || /^sluice-.+-dev$/.test(name),
  )
  const table = text.split('\n').filter((line) => line.startsWith('| `sluice-'))
  expect(table).toEqual(roles.map(rowOf).sort())
})
