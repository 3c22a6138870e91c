import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { desiredState } from '../desired-state.ts'
import { rolesOf, synthesized } from './templates.ts'

interface Job {
  readonly environment?: string | { readonly name: string }
  readonly permissions?: Readonly<Record<string, string>>
}

const folder = join(import.meta.dirname, '../../../.github/workflows')
const jobsOf = (file: string): Job[] => {
  const path = join(folder, file)
  if (!existsSync(path)) return []
  return Object.values((parse(readFileSync(path, 'utf8')) as { jobs: Record<string, Job> }).jobs)
}
const nameOf = ({ environment }: Job) => (typeof environment === 'string' ? environment : environment?.name)

/** What every trust policy for GitHub's jobs says: which workflows may take the role, and in which environment. */
const trusts = rolesOf(synthesized(desiredState())).flatMap(({ name, trust }) =>
  trust.Statement.flatMap(({ Condition }) => {
    const wanted = Condition?.['StringEquals'] ?? {}
    const of = (claim: string) => [wanted[`token.actions.githubusercontent.com:${claim}`] ?? []].flat()
    const environment = of('environment')[0]
    return of('job_workflow_ref').map((ref) => ({
      name,
      file: /\.github\/workflows\/(.+)@refs\/heads\/main$/.exec(ref)?.[1] ?? ref,
      environment,
    }))
  }),
)

/** Whether a job's environment, an expression maybe, can come out as this name. */
function canBe(text: string | undefined, name: string): boolean {
  if (text == null) return false
  const literal = text
    .split(/\$\{\{.*?\}\}/)
    .map((part) => part.replaceAll(/[.*+?^$()[\]{}|\\]/g, String.raw`\$&`))
    .join('[a-z][a-z0-9-]*')
  return new RegExp(`^${literal}$`).test(name)
}

/** An environment's own name, without what its kind adds: `prod-recovery` is no environment of the name `prod-recovery`. */
const suffixOf = (name: string) => /-(roll-back|rollout|recovery)$/.exec(name)?.[0] ?? ''

describe.each(trusts)('$name trusts $file in $environment', ({ file, environment }) => {
  it('which is a workflow of this repository', () => {
    expect(existsSync(join(folder, file))).toBe(true)
  })

  it('in which a job may ask for a token as the trust wants it', () => {
    const asking = jobsOf(file).filter(({ permissions }) => permissions?.['id-token'] === 'write')
    const fitting = asking.filter((job) =>
      environment == null
        ? nameOf(job) == null
        : canBe(nameOf(job), environment) && suffixOf(nameOf(job) ?? '') === suffixOf(environment),
    )
    expect(fitting.length).toBeGreaterThan(0)
  })
})

it('finds the trust of every kind of role', () => {
  const kinds = new Set(trusts.map(({ name }) => name.replace(/-(dev|stage|prod|shared)$/, '')))
  expect([...kinds].sort()).toEqual(
    ['build', 'deploy', 'drift', 'infra', 'plan', 'recovery', 'roll-back', 'rollout'].map((kind) => `sluice-${kind}`),
  )
})

it('has a trust for every environment in which a job may ask for a token', () => {
  const files = [...new Set(trusts.map(({ file }) => file))]
  const named = files.flatMap((file) =>
    jobsOf(file)
      .filter(({ permissions }) => permissions?.['id-token'] === 'write')
      .flatMap((job) => nameOf(job) ?? [])
      .map((name) => ({ file, name })),
  )
  expect(named.length).toBeGreaterThan(3)
  for (const { file, name } of named)
    expect(
      trusts.some((trust) => trust.file === file && trust.environment != null && canBe(name, trust.environment)),
      `${file} ${name}`,
    ).toBe(true)
})
