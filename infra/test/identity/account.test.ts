import { describe, expect, it } from 'vitest'
import { buildTemplates } from '../../lib/planning/synthesize.ts'
import { desiredState } from '../desired-state.ts'
import { rolesOf, synthesized } from './templates.ts'

const oneAccount = desiredState({ stage: { account: '"333333333333"' } })

describe('an account', () => {
  it.each([
    ['of its own for every environment', desiredState(), 4],
    ['that two environments share', oneAccount, 3],
    [
      'that all environments share with the artifacts',
      desiredState(Object.fromEntries(['dev', 'stage', 'prod'].map((name) => [name, { account: '"999999999999"' }]))),
      1,
    ],
  ])('%s has one provider of GitHub, in a stack of its own', (_, state, accounts) => {
    const providers = synthesized(state).filter(({ Type }) => Type === 'AWS::IAM::OIDCProvider')
    expect(providers.map(({ file }) => file)).toHaveLength(accounts)
    for (const { file } of providers) expect(file).toMatch(/^shared\/sluice-shared-account\.\d{12}\.template\.json$/)
    expect(new Set(providers.map(({ file }) => file)).size).toBe(accounts)
  })

  it('keeps its provider when an environment joins that sorts before its neighbours', () => {
    const { dev } = oneAccount.environments
    if (!dev) throw new Error('expected an environment dev')
    const joined = { ...oneAccount, environments: { alpha: { ...dev, name: 'alpha' }, ...oneAccount.environments } }
    const [before, after] = [oneAccount, joined].map((state) =>
      synthesized(state).filter(({ file }) => file.includes('account.333333333333')),
    )
    const provider = before?.find(({ Type }) => Type === 'AWS::IAM::OIDCProvider')
    expect(provider).toBeDefined()
    expect(after).toContainEqual(provider)
  })

  it('has roles that trust its own provider, by ARN', () => {
    for (const { name, file, trust } of rolesOf(synthesized(oneAccount))) {
      const federated = JSON.stringify(trust).match(/arn:aws:iam::(\d+):oidc-provider\//)?.[1]
      if (federated == null) continue
      const account = { dev: '333333333333', stage: '333333333333', prod: '222222222222', shared: '999999999999' }
      expect([name, federated]).toEqual([name, account[file.split('/')[0] as keyof typeof account]])
    }
  })

  it('is deployed before the bootstrap, so its stack asks for nothing of it', () => {
    const accounts = [...buildTemplates(desiredState())].filter(([file]) => file.includes('-account.'))
    expect(accounts).toHaveLength(4)
    for (const [, template] of accounts) expect(Object.keys(template)).toEqual(['Resources'])
  })
})

describe('managed policies', () => {
  const policies = synthesized(desiredState()).filter(({ Type }) => Type === 'AWS::IAM::ManagedPolicy')

  it('are the boundary and an execution policy for each environment, and for what all share', () => {
    expect(new Set(policies.map(({ Properties }) => Properties['ManagedPolicyName']))).toEqual(
      new Set([
        'sluice-boundary',
        'sluice-execution-dev',
        'sluice-execution-prod',
        'sluice-execution-shared',
        'sluice-execution-stage',
      ]),
    )
  })

  it('fit into the 6,144 characters that IAM takes', () => {
    for (const { Properties } of policies)
      expect(JSON.stringify(Properties['PolicyDocument']).length).toBeLessThanOrEqual(6144)
  })
})
