import { describe, expect, it } from 'vitest'
import type { DesiredState } from '@sluice/core/environment/read'
import type { PolicyDocument } from '../../lib/identity/policy.ts'
import { planStacks } from '../../lib/planning/stacks.ts'
import { desiredState } from '../desired-state.ts'
import { profileCases, profileState, wholeEdge } from '../templates.ts'
import { isGranted } from './evaluate.ts'
import { rolesOf, synthesized } from './templates.ts'

/** Far from us-east-1, where the artifacts are and where a distribution has its stack. */
const farAway = desiredState({
  prod: { regions: '[eu-west-1, us-west-2]', topology: '{ profile: global, physicalClusters: 1 }', edge: wholeEdge },
})
const cases: [name: string, state: DesiredState][] = [
  ...profileCases.map(({ profile }): [string, DesiredState] => [profile, profileState(profile)]),
  ['global, far from its artifacts', farAway],
]

describe.each(cases)('every stack of the profile %s', (_, state) => {
  // The account's own stacks are an administrator's.
  const stacks = planStacks(state).filter(({ environment, part }) => environment !== 'shared' || part !== 'account')
  const resources = synthesized(state)

  it('stands where the role that deploys it may assume the roles of the bootstrap', () => {
    const roles = new Map(rolesOf(resources).map(({ name, statements }) => [name, statements]))
    const closed = stacks.filter(({ environment, account, region }) =>
      ['deploy', 'file-publishing'].some((kind) => {
        const resource = `arn:aws:iam::${account}:role/cdk-hnb659fds-${kind}-role-${account}-${region}`
        return !isGranted(roles.get(`sluice-infra-${environment}`) ?? [], { action: 'sts:AssumeRole', resource })
      }),
    )
    expect(closed.map(({ id }) => id)).toEqual([])
  })

  it('stands where CloudFormation may make what is in it', () => {
    const policies = new Map(
      resources
        .filter(({ Type }) => Type === 'AWS::IAM::ManagedPolicy')
        .map(({ file, Properties }) => [
          `${file.split('.')[1]}/${String(Properties['ManagedPolicyName'])}`,
          (Properties['PolicyDocument'] as PolicyDocument).Statement,
        ]),
    )
    const closed = stacks.filter(({ environment, account, region }) => {
      const statements = policies.get(`${account}/sluice-execution-${environment}`) ?? []
      return !isGranted(statements, { action: 'ecs:x', resource: '*', keys: { 'aws:RequestedRegion': region } })
    })
    expect(closed.map(({ id }) => id)).toEqual([])
  })
})
