import { describe, expect, it } from 'vitest'
import { planStacks } from '../../lib/planning/stacks.ts'
import { desiredState } from '../desired-state.ts'
import { rolesOf, synthesized } from './templates.ts'

const threeRegions = desiredState({ prod: { regions: '[us-east-1, eu-west-1, us-west-2]' } })
const registry = (file: string, type: string) =>
  synthesized(threeRegions).filter((one) => one.file.endsWith(`/${file}.template.json`) && one.Type === type)
const copies = ['sluice-shared-registry.eu-west-1', 'sluice-shared-registry.us-west-2']
const all = ['sluice-shared-registry', ...copies]

interface PolicyStatement {
  readonly Principal: { readonly AWS: readonly string[] }
  readonly Action: readonly string[]
  readonly Condition: { readonly ArnEquals: { readonly 'aws:PrincipalArn': readonly string[] } }
}
const repositoryOf = (file: string) => {
  const [repository] = registry(file, 'AWS::ECR::Repository')
  if (!repository) throw new Error(`expected a repository in ${file}, found none`)
  return repository.Properties
}
const policyOf = (file: string): PolicyStatement[] =>
  (repositoryOf(file)['RepositoryPolicyText'] as { Statement: PolicyStatement[] }).Statement
const allowed = (file: string) =>
  policyOf(file).flatMap(({ Action, Condition }) =>
    Condition.ArnEquals['aws:PrincipalArn'].flatMap((role) =>
      Action.map((action) => `${role.split('/')[1]} ${action}`),
    ),
  )

describe('the artifact registry', () => {
  it('copies every image to every other region that runs tasks, within the artifact account', () => {
    const [replication] = registry('sluice-shared-registry', 'AWS::ECR::ReplicationConfiguration')
    expect(replication?.Properties['ReplicationConfiguration']).toEqual({
      Rules: [
        {
          Destinations: [
            { Region: 'eu-west-1', RegistryId: '999999999999' },
            { Region: 'us-west-2', RegistryId: '999999999999' },
          ],
          RepositoryFilters: [{ Filter: 'component-registry', FilterType: 'PREFIX_MATCH' }],
        },
      ],
    })
  })

  it('is deployed after its copies, and each after its account', () => {
    const needs = planStacks(threeRegions).find(({ id }) => id === 'shared/registry/us-east-1')?.needs
    expect(needs).toEqual(
      expect.arrayContaining(['shared/account/999999999999', 'shared/registry/eu-west-1', 'shared/registry/us-west-2']),
    )
  })

  it('copies nothing where all tasks run in its own region', () => {
    const types = synthesized(desiredState()).map(({ Type }) => Type)
    expect(types).not.toContain('AWS::ECR::ReplicationConfiguration')
  })

  it.each(copies)('has its repositories with their settings in %s too, before the first copy', (file) => {
    const [there] = registry(file, 'AWS::ECR::Repository')
    const [home] = registry('sluice-shared-registry', 'AWS::ECR::Repository')
    const { RepositoryPolicyText: _, ...settings } = there?.Properties ?? {}
    expect(home?.Properties).toMatchObject(settings)
    expect(registry(file, 'AWS::ECR::ReplicationConfiguration')).toEqual([])
  })

  it.each(all)('survives the end of its stack in %s: what runs is pulled from it', (file) => {
    for (const repository of registry(file, 'AWS::ECR::Repository')) expect(repository.DeletionPolicy).toBe('Retain')
  })

  it.each(all)('has no lifecycle rule in %s that selects what a build tagged by its commit', (file) => {
    const { LifecyclePolicyText: text } = repositoryOf(file)['LifecyclePolicy'] as { LifecyclePolicyText: string }
    const { rules } = JSON.parse(text) as {
      rules: { selection: { tagStatus: string; tagPatternList?: string[] } }[]
    }
    expect(rules.length).toBeGreaterThan(0)
    for (const { selection } of rules) {
      if (selection.tagStatus === 'untagged') continue
      expect(selection).toMatchObject({ tagStatus: 'tagged', tagPatternList: ['cache-*'] })
    }
  })

  it('lets the roles of tasks pull in their own regions alone', () => {
    expect(allowed('sluice-shared-registry')).toContain('dev-registry-execution ecr:BatchGetImage')
    expect(allowed('sluice-shared-registry.eu-west-1')).toContain('prod-registry-execution-eu-west-1 ecr:BatchGetImage')
    expect(allowed('sluice-shared-registry.eu-west-1').join('\n')).not.toMatch(/dev-|stage-|plan/)
  })

  it('lets nobody from outside write, and names no account without its roles', () => {
    for (const file of all) {
      const writes = allowed(file).filter((one) => !/ecr:(Batch|Describe|Get|StartImageScan)/.test(one))
      expect(writes).toEqual([])
      for (const { Condition } of policyOf(file))
        for (const role of Condition.ArnEquals['aws:PrincipalArn']) expect(role).not.toContain('*')
    }
  })

  it('allows exactly what the policies of the roles allow, so that both sides of an account agree', () => {
    const roles = rolesOf(synthesized(threeRegions)).filter(({ file }) => !file.startsWith('shared/'))
    const wanted = (region: string) =>
      roles.flatMap(({ name, statements }) =>
        statements
          .filter(({ Resource }) =>
            [Resource].flat().includes(`arn:aws:ecr:${region}:999999999999:repository/component-registry`),
          )
          .flatMap(({ Action }) => Action.map((action) => `${name} ${action}`)),
      )
    // The execution roles of the other regions come with the service stacks there.
    const unique = (list: readonly string[]) => [...new Set(list)].sort()
    expect(unique(allowed('sluice-shared-registry'))).toEqual(unique(wanted('us-east-1')))
  })
})
