import { describe, expect, it } from 'vitest'
import { planStacks } from '../../lib/planning/stacks.ts'
import { profileState, wholeEdge } from '../templates.ts'

const arn = (region: string, account = '222222222222') => `"arn:aws:acm:${region}:${account}:certificate/1"`
const plan = (edge: string) => () => planStacks(profileState('global', edge))

describe('certificates', () => {
  it('are taken when every region has its own', () => {
    expect(plan(wholeEdge)).not.toThrow()
  })

  it.each([
    [
      'a region without one',
      `{ certificateArns: [${arn('us-east-1')}, ${arn('us-west-2')}] }`,
      /a certificate in eu-west-1, found/,
    ],
    [
      'one of another account',
      wholeEdge.replaceAll('222222222222', '333333333333'),
      /of the account 222222222222, found arn:aws:acm:us-east-1:333333333333/,
    ],
    ['two in a region', wholeEdge.replace('eu-west-1', 'us-west-2'), /one certificate a region/],
  ])('are refused, with %s', (_, edge, message) => {
    expect(plan(edge)).toThrow(message)
  })

  it('are refused without one in us-east-1, where CloudFront looks for it', () => {
    const state = profileState('production', wholeEdge.replace(/certificateArn: "[^"]*", /, ''))
    const { prod } = state.environments
    if (!prod) throw new Error('expected an environment prod')
    const environment = { ...prod.environment, regions: ['us-west-2', 'eu-west-1'] }
    const european = { ...state, environments: { prod: { ...prod, environment } } }
    expect(() => planStacks(european)).toThrow(/a certificate in us-east-1 for CloudFront/)
  })

  it('name what is no certificate before anything else', () => {
    expect(() => profileState('global', '{ certificateArn: "my-certificate" }')).toThrow(/edge\.certificateArn/)
  })
})
