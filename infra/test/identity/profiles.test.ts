import { describe, expect, it } from 'vitest'
import type { PolicyDocument } from '../../lib/identity/policy.ts'
import { profileCases, profileState } from '../templates.ts'
import { rolesOf, synthesized } from './templates.ts'

/** IAM's prefixes that are not CloudFormation's own words. */
const prefixes: Readonly<Record<string, string>> = {
  ApplicationAutoScaling: 'application-autoscaling',
  ARCRegionSwitch: 'arc-region-switch',
  ElasticLoadBalancingV2: 'elasticloadbalancing',
}

describe.each(profileCases)('every role of the profile $profile', ({ profile, regions }) => {
  const resources = synthesized(profileState(profile))
  const roles = rolesOf(resources)
  const prod = resources.filter(({ file }) => file.startsWith('prod/'))

  it("has its account's boundary", () => {
    expect(roles.length).toBeGreaterThan(20)
    for (const { name, boundary } of roles)
      expect([name, boundary]).toEqual([name, expect.stringMatching(/^arn:aws:iam::\d{12}:policy\/sluice-boundary$/)])
  })

  it('grants no wildcard action on everything, but what reads settings for the drift report', () => {
    const wild = roles.flatMap(({ name, statements }) =>
      statements
        .filter(({ Resource, Action }) => [Resource].flat().includes('*') && [Action].flat().join().includes('*'))
        .map(({ Action }) => ({ name, Action })),
    )
    for (const { name, Action } of wild) {
      expect(name).toMatch(/^sluice-(drift|infra)-/)
      expect(Action.filter((action) => !/^[\w-]+:(BatchDescribe|Describe|Get|List)/.test(action))).toEqual([])
    }
    expect(new Set(wild.map(({ name }) => name)).size).toBe(6)
  })

  it('has a name of its own in its account', () => {
    const named = prod
      .filter(({ Type }) => Type === 'AWS::IAM::Role')
      .flatMap(({ Properties }) => (Properties['RoleName'] as string | undefined) ?? [])
    expect(new Set(named).size).toBe(named.length)
    expect(named.filter((name) => name.includes('registry-execution'))).toHaveLength(regions.length)
    expect(named.filter((name) => name.length > 64)).toEqual([])
  })

  it('is not needed by CloudFormation for a service that its execution policy leaves out', () => {
    const policy = resources.find(({ Properties }) => Properties['ManagedPolicyName'] === 'sluice-execution-prod')
    const { Statement = [] } = (policy?.Properties['PolicyDocument'] ?? {}) as Partial<PolicyDocument>
    const granted = new Set(Statement.flatMap(({ Action }) => Action.map((action) => action.split(':')[0])))
    const services = new Set(prod.map(({ Type }) => Type.split('::')[1] ?? Type))
    const missing = [...services].filter((service) => !granted.has(prefixes[service] ?? service.toLowerCase()))
    expect(missing).toEqual([])
  })
})
