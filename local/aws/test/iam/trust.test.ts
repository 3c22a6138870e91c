import { describe, expect, it } from 'vitest'

import { isTrusted, type Statement, type TrustRequest } from '../../src/iam/trust.ts'

const provider = 'arn:aws:iam::000000000000:oidc-provider/token.actions.githubusercontent.com'
const key = (claim: string) => `token.actions.githubusercontent.com:${claim}`
const keys = {
  [key('aud')]: 'sts.amazonaws.com',
  [key('sub')]: 'repo:acme/shop:environment:prod',
  [key('ref')]: 'refs/heads/main',
}
const request: TrustRequest = { action: 'sts:AssumeRoleWithWebIdentity', federated: provider, keys }
const statement = (condition?: Statement['Condition'], more: Partial<Statement> = {}): Statement => ({
  Effect: 'Allow',
  Action: 'sts:AssumeRoleWithWebIdentity',
  Principal: { Federated: provider },
  ...(condition ? { Condition: condition } : {}),
  ...more,
})

describe('a trust policy', () => {
  it.each<[trusts: boolean, why: string, statements: readonly Statement[]]>([
    [true, 'nothing is asked for', [statement()]],
    [true, 'every key matches', [statement({ StringEquals: { [key('aud')]: 'sts.amazonaws.com' } })]],
    [
      true,
      'one value of a list matches',
      [statement({ StringEquals: { [key('sub')]: ['repo:a/b:*', 'repo:acme/shop:environment:prod'] } })],
    ],
    [
      false,
      'one key of two does not match',
      [statement({ StringEquals: { [key('aud')]: 'sts.amazonaws.com', [key('ref')]: 'refs/heads/dev' } })],
    ],
    [false, 'StringEquals knows no wildcards', [statement({ StringEquals: { [key('sub')]: 'repo:acme/*' } })]],
    [true, 'StringLike does', [statement({ StringLike: { [key('sub')]: 'repo:acme/*:environment:pro?' } })]],
    [false, 'a dot stands for itself', [statement({ StringLike: { [key('aud')]: 'sts.amazonaws.co.' } })]],
    [false, 'the claim is missing', [statement({ StringEquals: { [key('environment')]: 'prod' } })]],
    [false, 'the claim is missing and * is wanted', [statement({ StringLike: { [key('environment')]: '*' } })]],
    [false, 'the operator is unknown', [statement({ 'ForAllValues:StringEquals': { [key('aud')]: 'x' } })]],
    [
      false,
      'both operators must hold',
      [
        statement({
          StringEquals: { [key('aud')]: 'sts.amazonaws.com' },
          StringLike: { [key('sub')]: 'repo:other/*' },
        }),
      ],
    ],
    [false, 'another provider', [statement(undefined, { Principal: { Federated: `${provider}.evil` } })]],
    [false, 'another action', [statement(undefined, { Action: 'sts:AssumeRole' })]],
    [false, 'a deny wins', [statement(), statement(undefined, { Effect: 'Deny' })]],
    [false, 'there is no statement', []],
  ])('trusts: %s, when %s', (trusts, _, statements) => {
    expect(isTrusted({ Version: '2012-10-17', Statement: statements }, request)).toBe(trusts)
  })

  it.each([
    ['arn:aws:iam::000000000000:root', true],
    ['000000000000', true],
    ['arn:aws:sts::000000000000:assumed-role/a/b', true],
    ['arn:aws:iam::111111111111:root', false],
  ])('that names %s trusts a session of this account: %s', (principal, trusts) => {
    const document = { Statement: statement(undefined, { Action: 'sts:AssumeRole', Principal: { AWS: principal } }) }
    const aws = 'arn:aws:sts::000000000000:assumed-role/a/b'
    expect(isTrusted(document, { action: 'sts:AssumeRole', aws, keys: {} })).toBe(trusts)
  })
})
